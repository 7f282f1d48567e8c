import { stringify } from 'smol-toml'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { locateToml } from './toml-places.ts'

describe('locateToml', () => {
  test('finds keys, tables, dotted and quoted keys, and counts arrays of tables', () => {
    const places = locateToml(
      [
        '# comment with [brackets]',
        'root = "." # [no]',
        '  tmp_dir = """',
        '[not.a.table]',
        'x = 1"""',
        '',
        '[build]',
        'cmd = "a = b"',
        'include_ext = [',
        '  "go", # ]',
        '  "html",',
        ']',
        'delay = 5',
        'a."b.c" = 1',
        '[[build.rules]]',
        'name = "x"',
        '[[build.rules]]',
        "\tname = 'y # z'",
        '[build.linux]',
        'cmd = "c"\r',
        'proxy = { enabled = true }',
      ].join('\n'),
    )
    expect(Object.fromEntries([...places].map(([key, { line, column }]) => [key, `${line}:${column}`]))).toEqual({
      root: '2:1',
      tmp_dir: '3:3',
      build: '7:2',
      'build.cmd': '8:1',
      'build.include_ext': '9:1',
      'build.delay': '13:1',
      'build.a': '14:1',
      'build.a.b.c': '14:1',
      'build.rules.0': '15:3',
      'build.rules.0.name': '16:1',
      'build.rules.1': '17:3',
      'build.rules.1.name': '18:2',
      'build.linux': '19:2',
      'build.linux.cmd': '20:1',
      'build.linux.proxy': '21:1',
    })
  })

  test('finds every key of any table, whatever its values hold', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}$/)
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()))
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.dictionary(name, fc.dictionary(name, value)), (top, tables) => {
        const wholes = Object.fromEntries(Object.entries(tables).map(([key, table]) => [`T${key}`, table]))
        const text = stringify({ ...top, ...wholes })
        const places = locateToml(text)
        for (const key of Object.keys(top)) expect(lineOf(text, places.get(key)?.line)).toMatch(new RegExp(`^${key} =`))
        for (const [table, entries] of Object.entries(wholes)) {
          for (const key of Object.keys(entries)) {
            expect(lineOf(text, places.get(`${table}.${key}`)?.line)).toMatch(new RegExp(`^${key} =`))
          }
        }
      }),
    )
  })
})

function lineOf(text: string, line: number | undefined): string {
  return text.split('\n')[(line ?? 0) - 1] ?? ''
}
