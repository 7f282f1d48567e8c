import { readFileSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFresh } from './fresh-file.ts'
import type { LoadOptions } from './load.ts'
import { load, noteTexts, only, trees } from '../../test/project/tree.ts'

const tree = trees()
const base = { 'go.mod': 'module example.com/shop\n', 'main.go': 'package main\n' }

async function fresh(text: string, options: Partial<LoadOptions> = {}, files: Readonly<Record<string, string>> = {}) {
  const root = tree({ ...base, ...files, 'runner.conf': text })
  const loaded = await load(root, options)
  expect(readFileSync(path.join(root, 'runner.conf'), 'utf8')).toBe(text)
  return { root, service: only(loaded), project: loaded.project, notes: noteTexts(loaded) }
}

describe('parseFresh', () => {
  const entries = (text: string): Record<string, string> =>
    Object.fromEntries([...parseFresh(text).entries.values()].map(({ key, value }) => [key, value]))

  test.each([
    ['a: 1\nb = 2\nc 3\n', { a: '1', b: '2', c: '3' }],
    ['x: a;b\ny: a#b\n; c: 1\n# d: 2\n', { x: 'a', y: 'a' }],
    ['x: "a b"\n', { x: '"a b"' }],
    ['a: 1\na: 2\n', { a: '2' }],
    ['a:\nb\n', { a: '', b: '' }],
    ['x: 1\n[Settings]\ny: 2\n[Other]\nz: 3\n', { x: '1', y: '2' }],
    ['Root: x\r\nurl: http://a:1\r\n', { Root: 'x', url: 'http://a:1' }],
    ['a: 1\nlast: 2', { a: '1', last: '2' }],
  ])('%j', (text, expected) => {
    expect(entries(text)).toEqual(expected)
  })

  test('says which last line has no end, and what stands in other sections', () => {
    expect(parseFresh('a: 1\nb: 2').unended).toBe(2)
    expect(parseFresh('a: 1\n').unended).toBeUndefined()
    expect(parseFresh('[X]\n  k: v\n').elsewhere).toEqual([{ key: 'k', value: 'v', line: 2, column: 3, section: 'X' }])
  })

  test('reads back what is written in any of its three forms', () => {
    const word = fc.stringMatching(/^[a-z_]{1,8}$/)
    const value = fc.stringMatching(/^[A-Za-z0-9./, ]{0,10}$/).map((text) => text.trim())
    fc.assert(
      fc.property(fc.dictionary(word, value), fc.constantFrom(': ', ' = ', ' ', ':', '='), (pairs, separator) => {
        const text = Object.entries(pairs)
          .map(([key, value]) => `${key}${separator}${value}\n`)
          .join('')
        expect(entries(text)).toEqual(pairs)
      }),
    )
  })
})

describe('runner.conf', () => {
  test('with nothing means the defaults of fresh', async () => {
    const { root, service, project, notes } = await fresh('')
    expect(service).toMatchObject({
      name: 'shop',
      directory: root,
      workingDirectory: root,
      build: { kind: 'go', directory: root, package: '.' },
      run: { kind: 'artifact' },
      env: {},
      rules: [{ inputs: ['**/*.tpl', '**/*.tmpl', '**/*.html'], action: 'restart' }],
      watch: {
        include: ['**/*.go', '**/*.tpl', '**/*.tmpl', '**/*.html'],
        ignore: ['.*/', '/assets/**', '/tmp/**'],
        gitignore: false,
      },
    })
    expect(service.rules[0]).not.toHaveProperty('command')
    expect(project).toMatchObject({ source: { kind: 'fresh', file: 'runner.conf' }, watch: { settleMs: 20 } })
    expect(notes).toContain('fresh ignores every path that begins with "tmp", such as tmpl/ too')
  })

  test('root is watched and is the package; ignored counts below it', async () => {
    const { root, service, notes } = await fresh('root: ./src\nignored: assets, gen\n')
    expect(service).toMatchObject({
      directory: path.join(root, 'src'),
      workingDirectory: root,
      build: { directory: root, package: './src' },
      watch: { ignore: ['.*/', '/assets/**', '/gen/**'] },
    })
    expect(notes).toContain('2:1 With root src fresh ignores none of assets, gen')
  })

  test('extensions: without a dot, empty, and by the end of the name', async () => {
    const { service, notes } = await fresh('valid_ext: .go, html\nno_rebuild_ext:\n')
    expect(service.watch.include).toEqual(['**/*.go', '**/*.html'])
    expect(service.rules).toEqual([])
    expect(notes).toContain('1:1 Extensions in valid_ext need a dot in fresh, so html matches nothing')
    expect(notes).toContain('2:1 With an empty no_rebuild_ext fresh never builds')
    expect((await fresh('no_rebuild_ext: _x.go\n')).service.rules[0]?.inputs).toEqual(['**/*_x.go'])
  })

  test.each([
    ['build_delay: 600\n', 50, /^1:1 hotlane does not need this wait/],
    ['build_delay: 10\n', 10, /^$/],
    ['build_delay: 0\n', 0, /^$/],
    ['build_delay: 1s\n', 0, /^1:1 build_delay is a whole number of milliseconds; fresh reads "1s" as 0/],
  ])('%j settles after %s ms', async (text, settleMs, note) => {
    const { project, notes } = await fresh(text)
    expect(project.watch.settleMs).toBe(settleMs)
    expect(
      notes
        .split('\n')
        .filter((line) => /build_delay|this wait/.test(line))
        .join(),
    ).toMatch(note)
  })

  test('reads the last line that fresh drops, and says so', async () => {
    const { service, notes } = await fresh('tmp_path: ./out\nignored: x')
    expect(service.watch.ignore).toEqual(['.*/', '/x/**', '/out/**'])
    expect(notes).toContain('2:1 The last line has no line end: fresh drops it, hotlane reads it.')
    expect(notes).toContain('1:1 fresh ignores every path that begins with "out"')
  })

  test('unknown keys, other sections and a byte order mark', async () => {
    const { service, notes } = await fresh('\uFEFFRoot: x\nmy_key: v\n[Other]\nroot: y\n')
    expect(service.env).toEqual({ RUNNER_ROOT: 'x', RUNNER_MY_KEY: 'v' })
    expect(notes).toContain('1:1 fresh takes the byte order mark')
    expect(notes).toContain(
      '"Root" is not known to fresh; the nearest known is "root". It is passed on to the app as RUNNER_ROOT',
    )
    expect(notes).toContain('4:1 "root" stands in [Other]')
  })

  test('RUNNER_ variables count below the file', async () => {
    const env = { RUNNER_IGNORED: 'a', RUNNER_VALID_EXT: '', RUNNER_TMP_PATH: './b' }
    const { service } = await fresh('tmp_path: ./c\n', { env })
    expect(service.watch).toMatchObject({
      ignore: ['.*/', '/a/**', '/c/**'],
      include: expect.arrayContaining(['**/*.go']),
    })
  })

  test('an app that uses runnerutils gets its variables', async () => {
    const files = { 'web/e.go': 'package web\n\nimport _ "github.com/pilu/fresh/runner/runnerutils"\n' }
    const { root, service, notes } = await fresh('build_name: x\n', {}, files)
    expect(service.env).toMatchObject({
      RUNNER_BUILD_NAME: 'x',
      RUNNER_TMP_PATH: './tmp',
      DEV_RUNNER: '1',
      RUNNER_WD: root,
    })
    expect(notes).toContain('runnerutils')
  })
})
