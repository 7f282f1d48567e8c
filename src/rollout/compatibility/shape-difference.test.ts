import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { mergeShapes, shapeOf } from './json-shape.ts'
import { differencesFrom } from './shape-difference.ts'

describe('a value of JSON', () => {
  it.each([
    [{ id: 1, total: 9.5 }, { id: 2, total: 3 }, []],
    [{ id: 1 }, { id: 1, added: true }, []],
    [{ id: 1, total: 9.5 }, { id: '1', sum: 9.5 }, ['/id was a number and is a string', '/total is missing']],
    [{ note: null }, { note: 'x' }, ['/note was null and is a string']],
    [{ note: 'x' }, { note: null }, ['/note was a string and is null']],
    [[], { id: 1 }, ['the body was an array and is an object']],
    [[], [{ id: 1 }], []],
    [[{ id: 1 }, { id: 2 }], [], []],
    [[{ id: 1 }, { id: 2 }], [{ id: 1 }, { id: '2' }, { id: '3' }], ['/1/id was a number and is a string']],
    [[{ id: 1, note: 'x' }, { id: 2 }], [{ id: 1 }], []],
    [[1, 'a'], [true], ['/0 was a number or a string and is a boolean']],
    [{ 'a/b': { 'c~d': 1 } }, { 'a/b': { 'c~d': [] } }, ['/a~1b/c~0d was a number and is an array']],
    [{ 'a/b': 1 }, {}, ['/a~1b is missing']],
    [{ '': 1 }, {}, ['/ is missing']],
    [JSON.parse('{"__proto__":1}'), {}, ['/__proto__ is missing']],
    [{ rows: [[1, 2], [3]] }, { rows: [[1], [2, null]] }, ['/rows/1/1 was a number and is null']],
  ])('that was %j and is %j', (old, value, expected) => {
    expect(differencesFrom(shapeOf(old), value)).toEqual(expected)
  })

  it('differs in nothing from itself, nor from what it was merged with', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(differencesFrom(shapeOf(one), one)).toEqual([])
        const merged = mergeShapes(shapeOf(one), shapeOf(other))
        expect(differencesFrom(merged, one)).toEqual([])
        expect(differencesFrom(merged, other)).toEqual([])
        expect(merged).toEqual(mergeShapes(shapeOf(other), shapeOf(one)))
      }),
    )
  })

  it('misses each member that was taken away', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, noNullPrototype: true }), (value) => {
        const [[name], ...rest] = Object.entries(value) as [[string, unknown], ...[string, unknown][]]
        const pointer = name.replaceAll('~', '~0').replaceAll('/', '~1')
        expect(differencesFrom(shapeOf(value), Object.fromEntries(rest))).toEqual([`/${pointer} is missing`])
        expect(differencesFrom(shapeOf(Object.fromEntries(rest)), value)).toEqual([])
      }),
    )
  })

  it('may be of any depth', () => {
    const deep: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000))
    expect(differencesFrom(shapeOf(deep), deep)).toEqual([])
  })
})
