import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Sample, SampleLog, SampleWriter } from './samples.ts'

const sampleAt = (n: number, release: string): Sample => ({
  n,
  step: n % 3,
  outcome: n % 5 === 0 ? 'reset' : 'ok',
  status: 200,
  release,
  fresh: n % 2 === 0,
  intendedMs: n / 4,
  ownMs: 0.5,
  latencyMs: 2,
  endedMs: n / 4 + 2.5,
  bytes: n,
})

it('samples come out as they went in, however they are taken', () => {
  const part = fc.record({
    count: fc.nat({ max: 40_000 }),
    release: fc.constantFrom('', 'one', 'two', 'three'),
    take: fc.constantFrom('all', 'one whole batch', 'nothing'),
  })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const writer = new SampleWriter()
      const log = new SampleLog()
      const expected: Sample[] = []
      for (const { count, release, take } of parts) {
        for (let index = 0; index < count; index++) {
          const sample = sampleAt(expected.length, release)
          expected.push(sample)
          writer.add(sample)
        }
        const whole = take === 'one whole batch' ? writer.takeWhole() : undefined
        for (const batch of take === 'all' ? writer.takeAll() : []) log.push(batch)
        if (whole !== undefined) log.push(whole)
      }
      for (const batch of writer.takeAll()) log.push(batch)
      expect(writer.takeAll()).toEqual([])
      const seen = [...log]
      expect(seen.length).toBe(expected.length)
      expect(seen.findIndex((sample, index) => !isDeepStrictEqual(sample, expected[index]))).toBe(-1)
    }),
    { numRuns: 20 },
  )
})
