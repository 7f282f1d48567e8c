import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Draft } from './draft.ts'
import type { FileState } from './file-state.ts'

const contents = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined })
const stateOf = (hash: string | undefined): FileState | undefined =>
  hash === undefined ? undefined : { inode: 1, mtimeMs: 1, size: 1, racy: false, hash }

it('tells exactly the difference between what was first and what is last, whatever came in between', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z'), contents), { maxLength: 30 })
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('x', 'y', 'z'), contents), steps, (first, steps) => {
      const draft = new Draft()
      const now: Record<string, string | undefined> = { ...first }
      for (const [file, hash] of steps) {
        draft.note(file, stateOf(now[file]), stateOf(hash))
        now[file] = hash
      }
      const expected = ['x', 'y', 'z'].flatMap((file) => {
        const [before, after] = [first[file], now[file]]
        if (before === after) return []
        const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
        return [{ path: file, kind }]
      })
      expect(draft.take()).toEqual(expected)
      expect(draft.take()).toEqual([])
    }),
  )
})

it('tells a file whose content nobody had read as changed', () => {
  const draft = new Draft()
  draft.note('x', { inode: 1, mtimeMs: 1, size: 1, racy: false, hash: undefined }, stateOf('a'))
  expect(draft.take()).toEqual([{ path: 'x', kind: 'changed' }])
})
