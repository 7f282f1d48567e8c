import { describe, expect, it } from 'vitest'
import { noSettings as settings } from './go-command.ts'
import { goFlags } from './go-flags.ts'

const ours = '-buildvcs=false'

describe('goFlags', () => {
  it.each([
    [[], [ours, '-ldflags=-s -w']],
    [
      ['-tags', 'x'],
      [ours, '-ldflags=-s -w', '-tags', 'x'],
    ],
    [['-ldflags=-X main.v=1'], [ours, '-ldflags=-s -w -X main.v=1']],
    [
      ['--ldflags', '-s'],
      [ours, '--ldflags', '-s -w -s'],
    ],
    [['-ldflags='], [ours, '-ldflags=-s -w']],
    [['-ldflags=all=-s'], [ours, '-ldflags=all=-s']],
    [
      ['-ldflags=-s', '-ldflags', '-X a=b'],
      [ours, '-ldflags=-s', '-ldflags', '-s -w -X a=b'],
    ],
    [['-buildvcs'], ['-ldflags=-s -w', '-buildvcs']],
  ])('%j', (flags, expected) => {
    expect(goFlags({ flags, settings, symbols: false })).toEqual(expected)
  })

  it('leaves the linker alone where symbols are wanted, and where GOFLAGS speaks of it', () => {
    expect(goFlags({ flags: ['-race'], settings, symbols: true })).toEqual([ours, '-race'])
    const elsewhere = { ...settings, GOFLAGS: '-buildvcs=true -ldflags=-s' }
    expect(goFlags({ flags: [], settings: elsewhere, symbols: false })).toEqual([])
  })
})
