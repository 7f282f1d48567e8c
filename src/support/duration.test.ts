import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBytes } from './bytes.ts'
import { formatDuration, parseDurationMs } from './duration.ts'
import { nearest } from './nearest.ts'

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['0s', 0],
  ])('reads %s', (text, ms) => expect(parseDurationMs(text)).toBe(ms))

  it.each(['', '5', 's', '1 s', '-1s', '1.s', '1d', 'ten'])('refuses "%s"', (text) => {
    expect(parseDurationMs(text)).toBeUndefined()
  })

  it('reads whole milliseconds exactly', () => {
    fc.assert(
      fc.property(fc.nat(), (ms) => {
        expect(parseDurationMs(`${ms}ms`)).toBe(ms)
      }),
    )
  })

  it.each([
    [12.4, '12 ms'],
    [1400, '1.40 s'],
    [65_000, '1 min 5 s'],
  ])('tells %d', (ms, text) => expect(formatDuration(ms)).toBe(text))
})

describe('sizes', () => {
  it.each([
    ['256 MB', 256_000_000],
    ['64KiB', 65_536],
    ['1.5 GB', 1_500_000_000],
    ['10B', 10],
  ])('reads %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

  it.each(['', '256', 'MB', '1 TB', '-1MB'])('refuses "%s"', (text) => expect(parseBytes(text)).toBeUndefined())
})

describe('nearest', () => {
  it.each([
    ['sevices', 'services'],
    ['Listen', 'listen'],
  ])('knows what %s means', (word, meant) => expect(nearest(word, ['services', 'listen', 'watch'])).toBe(meant))

  it('does not guess what is far off', () => expect(nearest('quux', ['services', 'listen'])).toBeUndefined())
})
