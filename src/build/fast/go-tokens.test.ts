import { readdirSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeWithGo } from '../../../test/support/needs.ts'
import { goTokens } from './go-tokens.ts'

const texts = (source: string) => goTokens(source).map(({ text }) => text)

describe('goTokens', () => {
  it.each([
    ['a := 1\nb++', ['a', ':=', '1', ';', 'b', '++', ';']],
    ['f(a,\n\tb,\n)', ['f', '(', 'a', ',', 'b', ',', ')', ';']],
    ['return // why\nx', ['return', ';', 'x', ';']],
    ['return /* why */ x', ['return', 'x', ';']],
    ['return /* why\n */ x', ['return', ';', 'x', ';']],
    ["\"// no\" `/* \n no */` '\"' '\\''", ['"// no"', '`/* \n no */`', `'"'`, String.raw`'\''`, ';']],
    ['x&^=y<<2', ['x', '&^=', 'y', '<<', '2', ';']],
    ['1e+2 .5 0x1p-2 1+2', ['1e+2', '.5', '0x1p-2', '1', '+', '2', ';']],
    ['//go:noinline\nfunc f()', ['//go:noinline', 'func', 'f', '(', ')', ';']],
    ['größe ~int', ['größe', '~', 'int', ';']],
    ['\uFEFFpackage x', ['package', 'x', ';']],
  ])('%j', (source, expected) => {
    expect(texts(source)).toEqual(expected)
  })

  it.each(['/* open', '"open', "'", '`', '#', '\0', '@'])('finds no token in %j', (source) => {
    expect(goTokens(source).some(({ kind }) => kind === 'invalid')).toBe(true)
  })

  it('takes any text, and loses nothing of it but comments and blanks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const left = texts(text).join('')
        const kept = Array.from(text.replaceAll(/\/\/[^\n]*|\/\*[^]*?\*\/|\s/g, ''))
        expect(kept.filter((character) => !/[\uFEFF/*]/.test(character) && !left.includes(character))).toEqual([])
      }),
    )
  })
})

describeWithGo('goTokens on the standard library', () => {
  const root = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim()
  const files = ['fmt', 'strings', 'net/http', 'go/parser'].flatMap((name) => {
    const directory = path.join(root, 'src', name)
    return readdirSync(directory).flatMap((file) => (file.endsWith('.go') ? [path.join(directory, file)] : []))
  })

  it('knows every token, and none of the comments and blanks that are put between', () => {
    const noise = fc.constantFrom(' ', '\t ', ' /* so */ ', '/**/')
    const sample = fc.sample(noise, 1000)
    let turn = 0
    for (const file of files) {
      const source = readFileSync(file, 'utf8')
      const tokens = goTokens(source)
      expect(tokens.filter(({ kind }) => kind === 'invalid')).toEqual([])
      // Written again without the line ends that stand for semicolons: those are tokens here.
      const again = tokens
        .map(({ kind, text }) =>
          kind === 'directive' ? `\n${text}\n` : `${text} ${sample[turn++ % sample.length] ?? ''}`,
        )
        .join(' ')
      expect(goTokens(again)).toEqual(tokens)
    }
  })

  it('gives what gofmt leaves', () => {
    for (const file of files.slice(0, 40)) {
      const source = readFileSync(file, 'utf8')
      const loose = source.replaceAll(/^\t+/gm, ' ').replaceAll(/\n\n+/g, '\n\n\n')
      if (/`[^`]*\n/.test(source)) continue
      const formatted = execFileSync('gofmt', { input: loose, encoding: 'utf8' })
      expect(texts(formatted)).toEqual(texts(source))
    }
  })
})
