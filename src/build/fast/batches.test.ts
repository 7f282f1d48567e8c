import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBatches } from './batches.ts'

describe('createBatches', () => {
  it('runs every job once, in order, in at most so many batches at a time', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 6 }),
      fc.scheduler(),
      async (count, waves, scheduler) => {
        const begun: number[] = []
        let running = 0
        let most = 0
        const run = createBatches<number>(count, async (jobs) => {
          most = Math.max(most, ++running)
          expect(jobs.length).toBeGreaterThan(0)
          begun.push(...jobs)
          await scheduler.schedule(Promise.resolve())
          running--
        })
        let jobs = 0
        const all: Promise<void>[] = []
        for (const wave of waves) {
          for (let each = 0; each < wave; each++) all.push(run(jobs++))
          await scheduler.waitIdle()
        }
        await scheduler.waitIdle()
        await Promise.all(all)
        expect(begun).toEqual(Array.from({ length: jobs }, (_, index) => index))
        expect(most).toBeLessThanOrEqual(count)
      },
    )
    await fc.assert(property)
  })

  it('puts together what waits, and rejects only the jobs of a batch that failed', async () => {
    const batches: (readonly number[])[] = []
    const run = createBatches<number>(2, async (jobs) => {
      batches.push(jobs)
      await Promise.resolve()
      if (jobs.includes(0)) throw new Error('no zero')
    })
    const results = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => run(index)))
    expect(batches.map((jobs) => jobs.length)).toEqual([16, 12, 6, 3, 2, 1])
    expect(results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual(batches[0])
  })
})
