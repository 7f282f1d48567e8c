import { describe, expect, it } from 'vitest'
import type { Build } from '../model/service.ts'
import { noSettings as settings } from './go-command.ts'
import { goTarget, leanTarget } from './go-target.ts'

const build = { kind: 'go', directory: '/shop', package: '.', flags: [], env: {} } as const

type Options = Partial<Extract<Build, { readonly kind: 'go' }>>

function flagsOf(options: Options, GOFLAGS = ''): readonly (readonly string[] | undefined)[] {
  const target = goTarget({ ...build, ...options }, { ...settings, GOFLAGS })
  return [target.flags, leanTarget({ ...build, ...options }, target)?.flags]
}

describe('flags of the Go command', () => {
  const lean = '-gcflags=all=-dwarf=false'
  const plain = ['-buildvcs=false', '-ldflags=-s -w']

  it('leave symbols out, and later DWARF at the compiler too', () => {
    expect(flagsOf({})).toEqual([plain, [lean, ...plain]])
    expect(flagsOf({ race: true })).toEqual([
      [...plain, '-race'],
      [lean, ...plain, '-race'],
    ])
  })

  it.each<readonly [string, Options, readonly string[]]>([
    ['symbols', { symbols: true }, []],
    ['a debugger', { debug: { port: 1 } }, ['-gcflags=all=-N -l']],
  ])('keep everything for %s', (_, options, more) => {
    expect(flagsOf(options)).toEqual([['-buildvcs=false', ...more], undefined])
  })

  it('leave the compiler to flags of the user, wherever they are', () => {
    expect(flagsOf({ flags: ['-gcflags', '-m'] })[1]).toBeUndefined()
    expect(flagsOf({}, '-mod=mod -gcflags=-m')[1]).toBeUndefined()
  })
})
