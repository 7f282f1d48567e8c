/** A run that ended by itself. */
export interface Crash {
  /** How long the process had lived. */
  readonly livedMs: number
}

const firstDelayMs = 100
const longestDelayMs = 10_000

/** A process that lived as long was healthy: what made earlier ones crash is over. */
const healthyMs = 10_000

/** Short lives in a row that make a loop: fewer happen while one edits. */
const loopCrashes = 3

/** Crashes in a row, the last included, since a run that lived long enough to count as healthy. */
export function crashesInARow(history: readonly Crash[]): number {
  const healthy = history.findLastIndex((crash) => crash.livedMs >= healthyMs)
  return healthy === -1 ? history.length : history.length - healthy
}

/** Milliseconds to wait before the next start: nothing without a crash, else 100 ms doubling up to 10 s. */
export function nextDelay(history: readonly Crash[]): number {
  const crashes = crashesInARow(history)
  if (crashes === 0) return 0
  // The exponent is bounded since 2 ** 1024 is Infinity.
  return Math.min(firstDelayMs * 2 ** Math.min(crashes - 1, 30), longestDelayMs)
}

export function isCrashLoop(history: readonly Crash[]): boolean {
  return crashesInARow(history) >= loopCrashes
}
