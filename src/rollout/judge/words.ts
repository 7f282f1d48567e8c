import { ratio, type Share } from './evidence.ts'

/** `1,234` */
export function whole(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** A share as `2.1 %`; small ones keep a digit that is not zero. */
export function percent(share: number): string {
  const value = share * 100
  const digits = value === 0 || value >= 10 ? 0 : value >= 0.1 ? 1 : 2
  return `${Number(value.toFixed(digits))} %`
}

/** `2.1 % (21 of 1,000)` */
export function shareOf(share: Share): string {
  return `${percent(ratio(share))} (${whole(share.count)} of ${whole(share.of)})`
}

/** Microseconds as `12 ms` or `0.8 ms`. */
export function milliseconds(microseconds: number): string {
  const ms = microseconds / 1000
  return `${Number(ms.toFixed(ms >= 10 ? 0 : ms >= 1 ? 1 : 2))} ms`
}
