const unitNs = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 } as const

/** Nanoseconds of a duration as Go's `time.ParseDuration` reads it; undefined where it would refuse. */
export function parseGoDurationNs(text: string): number | undefined {
  if (text === '0' || text === '+0' || text === '-0') return 0
  if (!/^[+-]?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    total += Number(amount) * unitNs[unit as keyof typeof unitNs]
  }
  return text.startsWith('-') ? -total : total
}

/**
 * Milliseconds of air's `kill_delay`: below one millisecond the number of nanoseconds is taken as milliseconds, else the
 * duration is cut to whole milliseconds. Undefined where air would refuse the text.
 */
export function killDelayMs(value: number | string): number | undefined {
  const ns = typeof value === 'number' ? value : parseGoDurationNs(value)
  if (ns === undefined) return undefined
  return Math.max(0, Math.trunc(ns < 1e6 ? ns : ns / 1e6))
}
