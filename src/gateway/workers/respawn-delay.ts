/** Deaths in so short a time have the same cause. */
const windowMs = 10_000
const firstDelayMs = 100
const longestDelayMs = 10_000

/**
 * Milliseconds to wait before a worker that has died is replaced, by when workers have died (the last one included, on the
 * clock of `now`): none after a single death, for the others may be few; doubling while deaths go on.
 */
export function respawnDelay(deaths: readonly number[], now: number): number {
  let recent = 0
  let next = now
  for (const death of deaths.toReversed()) {
    if (next - death > windowMs) break
    next = death
    recent++
  }
  return recent < 2 ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(recent - 2, 30))
}
