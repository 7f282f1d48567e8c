import { describe, expect, it } from 'vitest'
import { goFlags } from './go-flags.ts'

const settings = { GOFLAGS: '', GOWORK: '', GOTMPDIR: '', GOENV: '', GOROOT: '' }
const ours = '-buildvcs=false'

describe('goFlags', () => {
  it.each([
    [[], [ours, '-ldflags=-w']],
    [
      ['-tags', 'x'],
      [ours, '-ldflags=-w', '-tags', 'x'],
    ],
    [['-ldflags=-X main.v=1'], [ours, '-ldflags=-w -X main.v=1']],
    [
      ['--ldflags', '-s'],
      [ours, '--ldflags', '-w -s'],
    ],
    [['-ldflags='], [ours, '-ldflags=-w']],
    [['-ldflags=all=-s'], [ours, '-ldflags=all=-s']],
    [
      ['-ldflags=-s', '-ldflags', '-X a=b'],
      [ours, '-ldflags=-s', '-ldflags', '-w -X a=b'],
    ],
    [['-buildvcs'], ['-ldflags=-w', '-buildvcs']],
  ])('%j', (flags, expected) => {
    expect(goFlags({ flags, settings, debug: false })).toEqual(expected)
  })

  it('leaves the linker alone for a debugger, and where GOFLAGS speaks of it', () => {
    expect(goFlags({ flags: ['-race'], settings, debug: true })).toEqual([ours, '-race'])
    const elsewhere = { ...settings, GOFLAGS: '-buildvcs=true -ldflags=-s' }
    expect(goFlags({ flags: [], settings: elsewhere, debug: false })).toEqual([])
  })
})
