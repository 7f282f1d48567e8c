import type { RolloutClock } from '../../rollout/staged/context.ts'

/** The longest delay that a timer takes. */
const maxTimerMs = 2 ** 31 - 1

/** Deadlines are kept across restarts, so they are moments of the wall clock, which may be set while one waits. */
export const wallClock: RolloutClock = {
  now: () => Date.now(),
  until: async (atMs, signal) => {
    while (!signal.aborted && Date.now() < atMs) await pause(Math.min(maxTimerMs, atMs - Date.now()), signal)
  },
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
