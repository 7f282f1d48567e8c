import * as fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { embedPattern } from './embed-pattern.ts'

test.each([
  ['templates/*.html', 'templates/a.html', true],
  ['templates/*.html', 'templates/a.css', false],
  ['templates/*.html', 'templates/sub/a.html', false],
  ['templates', 'templates/sub/a.html', true],
  ['templates', 'templates2/a.html', false],
  ['templates', 'templates/.hidden', false],
  ['templates', 'templates/_part/a.html', false],
  ['all:templates', 'templates/_part/.a', true],
  ['*', '.env', true],
  ['*', 'static/a.css', true],
  ['.', 'static/a.css', true],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[^a]x', '/x', false],
  [String.raw`a\*`, 'a*', true],
  [String.raw`a\*`, 'ab', false],
  ['static', '../static/a', false],
  ['a.b', 'aXb', false],
])('%s embeds %s: %s', (pattern, name, expected) => {
  expect(embedPattern(pattern)(name)).toBe(expected)
})

it('finds a name that is quoted in full, and what is below it', () => {
  const segment = fc
    .string({ unit: 'binary-ascii', minLength: 1, maxLength: 8 })
    .filter((text) => !/[/\n]|^\.\.?$/.test(text))
  fc.assert(
    fc.property(segment, fc.stringMatching(/^[a-z]{1,5}$/), (name, child) => {
      const pattern = name.replaceAll(/[\\*?[]/g, String.raw`\$&`)
      expect(embedPattern(`all:${pattern}`)(name)).toBe(true)
      expect(embedPattern(pattern)(`${name}/${child}`)).toBe(true)
    }),
  )
})

it('takes any text for a pattern', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ maxLength: 20 }), (pattern, name) => {
      expect(typeof embedPattern(pattern)(name)).toBe('boolean')
    }),
  )
})
