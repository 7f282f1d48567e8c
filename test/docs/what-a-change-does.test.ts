import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Impact } from '../../src/model/event.ts'
import type { Service } from '../../src/model/service.ts'
import { judgeFile } from '../../src/rollout/impact.ts'
import { load, only, trees } from '../project/tree.ts'
import { codeIn, page, rowsOf, section } from './markdown.ts'

const tree = trees()
const table = rowsOf(section(page('docs/reference/what-a-change-does.md').text, '## By kind of file'))

/** Names that begin with a dot, and are no endings. */
const whole = new Set(['.env', '.gitignore', '.editorconfig', '.dockerignore', '.prettierrc', '.eslintrc'])

/** A name for what the table names by its ending only; `.env.*` is every name that begins so. */
function nameOf(code: string): string {
  if (code === '.env.*') return '.env.local'
  return code.startsWith('.') && !whole.has(code) ? `deep/file${code}` : code
}

const cases = table.flatMap(([file = '', go = '', command = '', none = '']) =>
  codeIn(file)
    .filter((code) => code.includes('.') || /^[A-Z]/.test(code))
    .map((code) => ({ name: nameOf(code), go, command, none })),
)

function impactOn(service: Service, name: string): Impact {
  return judgeFile(
    { path: path.join(service.directory, name), kind: 'changed' },
    // The toolchain has been asked, and reads none of these files.
    {
      service,
      unwatched: () => undefined,
      affects: () => undefined,
      buildFailed: false,
      takes: () => false,
      goDirectory: () => undefined,
    },
  ).impact
}

describe('docs/reference/what-a-change-does.md', () => {
  it('has a table', () => expect(cases.length).toBeGreaterThan(60))

  it('is what a change does to a Go service', async () => {
    const service = only(await load(tree({ 'go.mod': 'module x\n', 'hotlane.yaml': 'build: { go: . }\n' })))
    expect(cases.map(({ name }) => [name, impactOn(service, name)])).toEqual(cases.map(({ name, go }) => [name, go]))
  })

  it.each([
    ['build: make\nrun: ./x\n', 'command'],
    ['build: false\nrun: ./x\n', 'none'],
  ] as const)('is what it does to %j', async (settings, column) => {
    const service = only(await load(tree({ 'hotlane.yaml': settings })))
    const expected = cases.map((row) => [row.name, row[column]])
    expect(cases.map(({ name }) => [name, impactOn(service, name)])).toEqual(expected)
  })
})
