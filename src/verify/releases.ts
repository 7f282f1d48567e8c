import type { Sample } from './samples.ts'
import type { Switch } from './timeline.ts'

/** A release as its answers showed it; times in ms since the begin. */
export interface ReleaseSeen {
  readonly release: string
  readonly answers: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Releases in the order in which they were first seen. Answers that name none are left out. */
export function releasesIn(samples: Iterable<Sample>): readonly ReleaseSeen[] {
  const seen = new Map<string, { release: string; answers: number; firstMs: number; lastMs: number }>()
  for (const { release, endedMs } of samples) {
    if (release === '') continue
    const known = seen.get(release)
    if (known === undefined) seen.set(release, { release, answers: 1, firstMs: endedMs, lastMs: endedMs })
    else {
      known.answers++
      known.firstMs = Math.min(known.firstMs, endedMs)
      known.lastMs = Math.max(known.lastMs, endedMs)
    }
  }
  return [...seen.values()].sort((a, b) => a.firstMs - b.firstMs)
}

/** The first answer of each release but the first is a switch. */
export function switchesIn(releases: readonly ReleaseSeen[]): readonly Switch[] {
  return releases.slice(1).map(({ release, firstMs }) => ({ atMs: firstMs, release }))
}

/**
 * Answers of an older release to requests that began after a newer one had answered: traffic that went back. Only releases
 * that are numbers have an order; undefined where any is not one.
 */
export function backwardsIn(samples: Iterable<Sample>, isStream: (step: number) => boolean): number | undefined {
  const answers: { readonly fromMs: number; readonly toMs: number; readonly release: number }[] = []
  for (const { release, intendedMs, ownMs, endedMs, latencyMs, step } of samples) {
    if (release === '') continue
    const number = Number(release)
    if (!Number.isFinite(number)) return undefined
    const fromMs = intendedMs + ownMs
    answers.push({ fromMs, toMs: isStream(step) ? fromMs + latencyMs : endedMs, release: number })
  }
  const byStart = [...answers].sort((a, b) => a.fromMs - b.fromMs)
  const byEnd = answers.sort((a, b) => a.toMs - b.toMs)
  let newest = -Infinity
  let next = 0
  let count = 0
  for (const { fromMs, release } of byStart) {
    for (let ended = byEnd[next]; ended !== undefined && ended.toMs < fromMs; ended = byEnd[++next]) {
      newest = Math.max(newest, ended.release)
    }
    if (release < newest) count++
  }
  return count
}
