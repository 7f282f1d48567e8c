import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasShellSyntax, joinWords, splitWords } from './words.ts'

describe('splitWords', () => {
  test.each([
    ['a b  c', ['a', 'b', 'c']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [`-ldflags="-X main.v=1" ''`, ['-ldflags=-X main.v=1', '']],
    [String.raw`a\ b "c\"d" "e\f"`, ['a b', 'c"d', String.raw`e\f`]],
    ['', []],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  test('leaves an open quote or a final backslash to the shell', () => {
    expect(splitWords(`a "b`)).toBeUndefined()
    expect(splitWords('a \\')).toBeUndefined()
  })

  test('keeps backslashes on Windows', () => {
    expect(splitWords(String.raw`tmp\main.exe -v`, { backslash: false })).toEqual([String.raw`tmp\main.exe`, '-v'])
  })

  test('cuts what joinWords has joined into the same words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        expect(splitWords(joinWords(words))).toEqual(words)
      }),
    )
  })

  test.skipIf(process.platform === 'win32')('reads a line without shell syntax as the shell does', () => {
    const part = fc.constantFrom('a', 'b1', ' ', '  ', '"', "'", '\\', '=', '-x', '$', '.', '/', '%')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const line = parts.join('')
        const words = splitWords(line)
        fc.pre(words !== undefined && !hasShellSyntax(`x ${line}`))
        const told = execFileSync('/bin/sh', ['-c', `printf '%s\\0' x ${line}`], { encoding: 'utf8' })
        expect(told.split('\0').slice(0, -1)).toEqual(['x', ...(words ?? [])])
      }),
      { numRuns: 60 },
    )
  })
})

describe('hasShellSyntax', () => {
  test.each([
    'a && b',
    'a | b',
    'a > f',
    'echo $HOME',
    'echo "$HOME"',
    '`a`',
    'ls *.go',
    'A=1 a',
    'cd x',
    'a; b',
    '~/x',
    'a # b',
    '{ a; }',
    "a 'b",
  ])('%s needs a shell', (line) => expect(hasShellSyntax(line)).toBe(true))
  test.each([
    "./main --name 'a b'",
    'node server.js',
    "echo '$HOME && x'",
    String.raw`a \$b`,
    '--env=prod x',
    'a#b c=d',
  ])('%s needs none', (line) => expect(hasShellSyntax(line)).toBe(false))
})
