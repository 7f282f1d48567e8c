import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { readGoSource } from './go-source.ts'

/** Whether a Go file in a directory, or up to three levels below it, imports a package whose path matches. */
export async function importsAnywhere(directory: string, wanted: RegExp, depth = 3): Promise<boolean> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const at = path.join(directory, entry.name)
    if (entry.isFile() && entry.name.endsWith('.go')) {
      const text = await readFile(at, 'utf8').catch(() => '')
      if (readGoSource(text).imports.some((name) => wanted.test(name))) return true
    } else if (entry.isDirectory() && depth > 0 && !/^[._]|^(vendor|node_modules|testdata)$/.test(entry.name)) {
      if (await importsAnywhere(at, wanted, depth - 1)) return true
    }
  }
  return false
}
