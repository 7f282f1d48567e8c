/** A share in basis points for people: `5 %`, `12.5 %`. */
export function formatShare(basisPoints: number): string {
  return `${String(basisPoints / 100)} %`
}

/** A share from 0 to 1 for people, to a hundredth of a percent: `0.12 %`. */
export function formatRate(rate: number): string {
  return `${String(Math.round(rate * 10_000) / 100)} %`
}

/** `12,345`. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 request`, `12,345 requests`. */
export function formatCountOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** A latency in ms: `1.2 ms`, `120 ms`. */
export function formatLatency(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : String(Math.round(ms))} ms`
}

/** Wall clock of an ISO 8601 time in this machine's zone, with the day where it is another: `14:03:09`, `2026-11-22 14:03:09`. */
export function formatTime(iso: string, today: Date): string {
  const at = new Date(iso)
  const two = (part: number): string => String(part).padStart(2, '0')
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
  if (at.toDateString() === today.toDateString()) return time
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`
}
