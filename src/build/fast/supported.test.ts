import { expect, it } from 'vitest'
import { noSettings } from '../go-command.ts'
import { whyNoFastPath } from './supported.ts'

it.each([
  ['go1.26.8', [], undefined],
  ['go1.23.0', ['-tags', 'one'], undefined],
  ['devel go1.27-0123456', [], undefined],
  ['go1.22.12', [], 'with go1.22.12 every build is left to the Go command'],
  ['go1.9', [], 'with go1.9 every build is left to the Go command'],
  ['go1.26.8', ['-cover'], '-cover is not among the flags that the fast path knows'],
  ['go1.26.8', ['-buildmode', 'plugin'], '-buildmode=plugin makes no program'],
])('with %s and %j: %s', (GOVERSION, flags, why) => {
  expect(whyNoFastPath({ package: '.', flags, settings: { ...noSettings, GOVERSION } }, 'linux')).toBe(why)
})
