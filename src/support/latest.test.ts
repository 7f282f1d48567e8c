import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Latest, Superseded } from './latest.ts'

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail)
  })
}

describe('Latest', () => {
  it('aborts the older run and resolves it with undefined', async () => {
    const latest = new Latest()
    const older = latest.run(untilAborted)
    await expect(latest.run(async () => 'newer')).resolves.toBe('newer')
    await expect(older).resolves.toBeUndefined()
  })

  it('never runs two at a time, and always runs the last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), async (pauses) => {
        const latest = new Latest()
        let running = 0
        const finished: number[] = []
        const runs: Promise<unknown>[] = []
        for (const [index, pause] of pauses.entries()) {
          runs.push(
            latest.run(async () => {
              running++
              expect(running).toBe(1)
              // Does not look at its signal, as a step that must not be interrupted.
              for (let turn = 0; turn < pause; turn++) await Promise.resolve()
              running--
              finished.push(index)
            }),
          )
          if (pause === 0) await Promise.resolve()
        }
        await Promise.all(runs)
        expect(finished.at(-1)).toBe(pauses.length - 1)
        expect(latest.busy).toBe(false)
      }),
    )
  })

  it('lets a run finish after as many aborts as it has patience for', async () => {
    const latest = new Latest(2)
    const aborted = [latest.run(untilAborted), latest.run(untilAborted)]
    await Promise.resolve()
    let release: () => void = () => undefined
    const patient = latest.run(
      () =>
        new Promise<string>((resolve) => {
          release = () => resolve('finished')
        }),
    )
    await Promise.all(aborted)
    await Promise.resolve()
    const newest = latest.run(async () => 'newest')
    release()
    await expect(patient).resolves.toBe('finished')
    await expect(newest).resolves.toBe('newest')
  })

  it('hands on a failure of its own', async () => {
    await expect(new Latest().run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  it('stops what runs and drops what waits', async () => {
    const latest = new Latest()
    const reasons: unknown[] = []
    const first = latest.run(async (signal) => {
      await untilAborted(signal).catch((reason: unknown) => reasons.push(reason))
    })
    const second = latest.run(async () => 'never')
    await latest.stop()
    await first
    await expect(second).resolves.toBeUndefined()
    expect(reasons[0]).toBeInstanceOf(Superseded)
  })
})
