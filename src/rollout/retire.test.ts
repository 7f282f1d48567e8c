import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Instance } from '../supervise/instance.ts'
import { Retiring } from './retire.ts'

const limits = { requestsMs: 60_000, streamsMs: 60_000 }

/** Instances of which each drains until it is ended early, and then stops. */
function open() {
  const stopped: number[] = []
  const retiring = new Retiring({
    service: 'shop',
    gateway: {
      drain: (_id, _limits, signal) =>
        new Promise((resolve) => {
          const end = (): void => resolve({ inFlight: 1, ended: 1, streams: 1, ms: 0 })
          if (signal.aborted) end()
          signal.addEventListener('abort', end)
        }),
    },
    emit: (event) => void (event.type === 'instance.stopped' && stopped.push(event.release)),
    now: new AbortController().signal,
  })
  const retire = (release: number): Promise<void> => retiring.retire(instance(release), limits)
  return { retiring, retire, stopped }
}

function instance(release: number): Instance {
  const exit = { code: 0, signal: null }
  return {
    id: `shop-${release}`,
    pid: 100 + release,
    release,
    host: '127.0.0.1',
    port: 1,
    portFixed: false,
    readyMs: 1,
    exited: Promise.resolve(exit),
    ports: () => Promise.resolve(1),
    lastOutput: () => '',
    stop: () => Promise.resolve({ exit, killed: false }),
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('generations that drain', () => {
  it('are left alone up to four', async () => {
    const { retire, stopped } = open()
    for (const release of [1, 2, 3, 4]) void retire(release)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(stopped).toEqual([])
  })

  it('are ended early beyond that, the oldest first, but not at the moment of a switch', async () => {
    const { retire, stopped } = open()
    for (const release of [1, 2, 3, 4, 5, 6]) void retire(release)
    await vi.advanceTimersByTimeAsync(999)
    expect(stopped).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(stopped).toEqual([1, 2])
    void retire(7)
    await vi.advanceTimersByTimeAsync(1000)
    expect(stopped).toEqual([1, 2, 3])
  })

  it('are all ended at once at the end of a session', async () => {
    const { retiring, retire, stopped } = open()
    for (const release of [1, 2, 3]) void retire(release)
    await retiring.finish()
    expect(stopped).toEqual([1, 2, 3])
  })
})
