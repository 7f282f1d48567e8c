import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const source = path.resolve(import.meta.dirname, '../src')

const mechanisms = [
  'watch',
  'build',
  'supervise',
  'gateway',
  'store',
  'project',
  'config',
  'registry',
  'telemetry',
  'verify',
]
const ground = ['model', 'protocol', 'support']

/** Who may import whom, besides a folder's own files. The table of ARCHITECTURE.md. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  support: [],
  protocol: ['support'],
  model: ['protocol', 'support'],
  ...Object.fromEntries(mechanisms.map((folder) => [folder, ground])),
  rollout: [...mechanisms, ...ground],
  api: ground,
  session: [...mechanisms, 'rollout', 'api', ...ground],
  root: [...mechanisms, 'rollout', 'api', 'session', ...ground],
  cli: ['root', 'api', ...ground],
}

interface Import {
  readonly from: string
  readonly file: string
  readonly to: string
}

function folderOf(file: string): string {
  const [first, ...rest] = path.relative(source, file).split(path.sep)
  return rest.length === 0 || first === undefined ? 'root' : first
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
    ['cli/a.ts', "await import('../supervise/start.ts')", 'cli/a.ts imports supervise'],
    ['model/a.ts', "export type { X } from '../dev.ts'", 'model/a.ts imports root'],
  ])('are seen to be broken by %s', (name, text, breach) => {
    expect(breaches(importsOf(path.join(source, name), text))).toEqual([breach])
  })
})
