import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeWithGo } from '../../../test/support/needs.ts'
import { makeTree } from '../../../test/support/tree.ts'
import { additions } from './additions.ts'
import { applyEdits, patchLinker } from './patch.ts'

describe('applyEdits', () => {
  it('changes each place that is there once', () => {
    const list = [
      { from: 'one', to: 'two' },
      { from: 'two three', to: '$& three' },
    ]
    expect(applyEdits('one three', list)).toBe('$& three')
  })

  it.each(['nothing of it', 'one and one'])('leaves "%s" as it is', (text) => {
    expect(applyEdits(text, [{ from: 'one', to: 'two' }])).toBeUndefined()
  })
})

describe('patchLinker', () => {
  it('says so where the toolchain has no source, and where it is another', async () => {
    const root = await makeTree({ 'src/cmd/link/internal/ld/lib.go': 'package ld\n' })
    expect(await patchLinker(root)).toBe('its linker is another than hotlane knows')
    expect(await patchLinker(path.join(root, 'src'))).toBe(
      `there is no source of its linker in ${path.join(root, 'src')}`,
    )
  })
})

describeWithGo('the additions', () => {
  it.each(Object.entries(additions))('%s is formatted as Go is', (_, text) => {
    expect(execFileSync('gofmt', { input: text, encoding: 'utf8' })).toBe(text)
  })
})
