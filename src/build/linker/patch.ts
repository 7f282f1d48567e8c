import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { additions } from './additions.ts'
import { type Edit, edits, replaced } from './edits.ts'

/** Files of the toolchain's source with other content, or that are new there: absolute path and text. */
export type Overlay = ReadonlyMap<string, string>

/**
 * The toolchain's linker with hotlane's changes, as a table of its files that differ; in words why there is none where its
 * source is missing, or is not of the form that the changes were made for.
 * @param root of the toolchain, GOROOT
 */
export async function patchLinker(root: string): Promise<Overlay | string> {
  const home = path.join(root, 'src', 'cmd', 'link', 'internal')
  const overlay = new Map(Object.entries(additions).map(([name, text]) => [path.join(home, name), text]))
  for (const [name, list] of Object.entries(edits)) {
    const file = path.join(home, name)
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined) return `there is no source of its linker in ${root}`
    const edited = applyEdits(text, list)
    const left = replaced[name]?.find((each) => edited?.includes(each))
    if (edited === undefined || left !== undefined) return `its linker is another than hotlane knows`
    overlay.set(file, edited)
  }
  return overlay
}

/** Undefined unless each text is there once. */
export function applyEdits(text: string, list: readonly Edit[]): string | undefined {
  let edited = text
  for (const { from, to } of list) {
    const [before, after, more] = edited.split(from)
    if (before === undefined || after === undefined || more !== undefined) return undefined
    edited = before + to + after
  }
  return edited
}
