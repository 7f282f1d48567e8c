import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const source = path.resolve(import.meta.dirname, '../src')

/** Who may import whom, besides a folder's own files: the table of ARCHITECTURE.md. `*.ts` are the files beside the folders. */
const mayImport = readTable(readFileSync(path.resolve(source, '../ARCHITECTURE.md'), 'utf8'))

function readTable(text: string): Readonly<Record<string, readonly string[]>> {
  const rows = Array.from(text.matchAll(/^\| `([^`]+)` \|[^|]*\|([^|]*)\|$/gm), ([, folder = '', allowed = '']) => {
    return [folder, Array.from(allowed.matchAll(/`([^`]+)`/g), ([, name = '']) => name)] as const
  })
  return Object.fromEntries(rows)
}

interface Import {
  readonly from: string
  readonly file: string
  readonly to: string
}

/** The innermost folder of the table in which a file is; without one, the outermost folder. */
function folderOf(file: string): string {
  const folders = path.relative(source, file).split(path.sep).slice(0, -1)
  for (let depth = folders.length; depth > 0; depth--) {
    const folder = folders.slice(0, depth).join('/')
    if (mayImport[folder] !== undefined) return folder
  }
  return folders[0] ?? '*.ts'
}

/** Relative imports of a file, static and dynamic, types included. */
function importsOf(file: string, text: string): readonly Import[] {
  return Array.from(text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g), ([, target]) => ({
    from: folderOf(file),
    file: path.relative(source, file),
    to: folderOf(path.resolve(path.dirname(file), target ?? '')),
  }))
}

function breaches(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to }) => from !== to && !(mayImport[from] ?? []).includes(to))
    .map(({ file, to }) => `${file} imports ${to}`)
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => path.join(source, name))

describe('layers', () => {
  it('are kept by every import', () => {
    const imports = files.flatMap((file) => importsOf(file, readFileSync(file, 'utf8')))
    expect(imports.length).toBeGreaterThan(50)
    expect(breaches(imports)).toEqual([])
  })

  it('name every folder', () => {
    const folders = new Set(files.map(folderOf))
    expect([...folders].filter((folder) => mayImport[folder] === undefined)).toEqual([])
  })

  it.each([
    ['watch/a.ts', "import { build } from '../build/b.ts'", 'watch/a.ts imports build'],
    ['gateway/a.ts', "import type { Lane } from '../rollout/lane.ts'", 'gateway/a.ts imports rollout'],
    [
      'session/production/a.ts',
      "import { open } from '../development/workbench.ts'",
      'session/production/a.ts imports session/development',
    ],
    ['session/a.ts', "import { up } from './production/b.ts'", 'session/a.ts imports session/production'],
    ['cli/a.ts', "await import('../supervise/start.ts')", 'cli/a.ts imports supervise'],
    ['model/a.ts', "export type { X } from '../dev.ts'", 'model/a.ts imports *.ts'],
  ])('are seen to be broken by %s', (name, text, breach) => {
    expect(breaches(importsOf(path.join(source, name), text))).toEqual([breach])
  })
})
