import { describe, expect, it } from 'vitest'
import { gcPauseIn } from './pause.ts'

describe('a line of a garbage collector', () => {
  it.each([
    ['gc 7 @0.812s 2%: 0.018+0.36+0.004 ms clock, 0.036+0.1/0.3/0.2+0.008 ms cpu, 4->4->1 MB, 4 MB goal', 0.022],
    ['[2.345s][info][gc] GC(3) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M) 1.234ms', 1.234],
    ['{"gc":"minor","ms":0.75,"pid":12}', 0.75],
  ])('%s: %s ms', (line, ms) => {
    expect(gcPauseIn(line)).toBeCloseTo(ms, 6)
  })

  it.each(['[2.345s][info][gc] GC(3) Concurrent Mark Cycle 12.3ms', 'listening on 8080', ''])(
    'tells no pause: %j',
    (line) => {
      expect(gcPauseIn(line)).toBeUndefined()
    },
  )
})
