import type { RolloutClock } from './context.ts'

/** Longest time of a timer (a signed 32-bit number of milliseconds). */
const longestMs = 2 ** 31 - 1

/** The wall clock. A step of it by hand shifts deadlines with it; they are looked at again when a timer ends. */
export const wallClock: RolloutClock = {
  now: () => Date.now(),
  until: (atMs, signal) =>
    new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', settle)
        resolve()
      }
      const ms = signal.aborted ? 0 : Math.min(longestMs, Math.max(0, atMs - Date.now()))
      const timer = setTimeout(settle, ms)
      signal.addEventListener('abort', settle)
    }),
}
