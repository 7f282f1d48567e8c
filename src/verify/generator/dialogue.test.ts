import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Dialogue } from './dialogue.ts'

const numbered = { text: 'tick {n} of {n}', everyMs: 10, expect: 'echo' } as const

describe('a dialogue', () => {
  it('numbers its messages, and has all answered when each has come back', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (sends) => {
        const dialogue = new Dialogue(numbered)
        const way: string[] = []
        const right: boolean[] = []
        for (const isSent of sends) {
          if (isSent) way.push(dialogue.next(0))
          else right.push(dialogue.take(way.shift() ?? 'news of the server'))
        }
        for (const text of way) right.push(dialogue.take(text))
        expect(right).not.toContain(false)
        const { sent, answered, waitingSince } = dialogue
        expect([sent, answered, waitingSince]).toEqual([sends.filter(Boolean).length, sent, undefined])
      }),
    )
    expect(new Dialogue(numbered).next(0)).toBe('tick 0 of 0')
  })

  it('goes wrong as soon as a later message comes back before an earlier one, whichever was lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.nat(), (count, pick) => {
        const dialogue = new Dialogue(numbered)
        const way = Array.from({ length: count }, () => dialogue.next(0))
        const [lost] = way.splice(pick % (count - 1), 1)
        expect(way.map((text) => dialogue.take(text)).includes(false)).toBe(true)
        expect(lost).toBeDefined()
      }),
    )
  })

  it('tells since when the oldest message has waited', () => {
    const dialogue = new Dialogue({ text: 'x', everyMs: 10, expect: 'answer' })
    expect(dialogue.take('welcome')).toBe(true)
    dialogue.next(5)
    dialogue.next(7)
    expect([dialogue.waitingSince, dialogue.take('whatever'), dialogue.waitingSince]).toEqual([5, true, 7])
    expect([dialogue.sent, dialogue.answered]).toEqual([2, 1])
  })

  it('waits for nothing where nothing is expected', () => {
    const dialogue = new Dialogue({ text: 'x', everyMs: 10, expect: 'nothing' })
    dialogue.next(5)
    expect([dialogue.take('y'), dialogue.waitingSince, dialogue.sent, dialogue.answered]).toEqual([
      true,
      undefined,
      1,
      0,
    ])
  })
})
