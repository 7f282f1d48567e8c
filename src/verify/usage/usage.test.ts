import { describe, expect, it } from 'vitest'
import { parseUsage } from './ps.ts'
import { followUsage, type UsagePoint } from './follow.ts'
import { usageOf } from './usage.ts'

describe('usage of a process', () => {
  it('is known of this one', async () => {
    const usage = await usageOf(process.pid)
    expect(usage?.cpuMs).toBeGreaterThan(0)
    expect(usage?.rssBytes).toBeGreaterThan(10_000_000)
  })

  it('is unknown of one that is not there', async () => {
    expect(await usageOf(2 ** 22 + 1)).toBeUndefined()
  })

  it.each([
    ['  0:01.50  2048\n', 1500, 2_097_152],
    ['01:02:03 10', 3_723_000, 10_240],
    ['2-00:00:01 1', 172_801_000, 1024],
  ])('is read from ps: %j', (text, cpuMs, rssBytes) => {
    expect(parseUsage(text)).toEqual({ cpuMs, rssBytes })
  })

  it('is followed over processes that come', async () => {
    const points: UsagePoint[] = []
    const end = new AbortController()
    const followed = followUsage(() => Promise.resolve([process.pid]), {
      now: () => 1,
      onPoint: (point) => {
        points.push(point)
        if (points.length === 2) end.abort()
      },
      signal: end.signal,
    })
    await followed
    expect(points).toHaveLength(2)
    expect(points[1]?.processes).toBe(1)
    expect(points[1]?.rssBytes).toBeGreaterThan(10_000_000)
  })
})
