import { readFile, rename, writeFile } from 'node:fs/promises'

const versionLine = /^(.*\bversion\b\s*=\s*["'`]?v?)\d+/im

/** The text with another number in its first line `version = N` or `version = "vN"` (any case, any words before it). */
export function withVersion(text, version) {
  return text.replace(versionLine, `$1${version}`)
}

/**
 * Saves a changed file as editors do: `in-place` truncates and writes (VS Code), `atomic` writes a temporary file and
 * renames it over the old one (JetBrains, Vim). Throws if the change changed nothing.
 */
export async function edit(file, change, style = 'in-place') {
  const before = await readFile(file, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`the edit of ${file} changed nothing`)
  if (style === 'in-place') return writeFile(file, after)
  const temporary = `${file}~`
  await writeFile(temporary, after)
  await rename(temporary, file)
}
