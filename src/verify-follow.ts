import { setTimeout as pause } from 'node:timers/promises'
import type { Event } from './model/event.ts'
import type { SessionTarget } from './verify-target.ts'
import type { GcPause } from './verify/gc/gc-log.ts'
import { gcPauseIn } from './verify/gc/pause.ts'
import { Moves } from './verify/moves.ts'
import type { Observer } from './verify/run.ts'
import type { Switch } from './verify/timeline.ts'

/** What a session has told by the end of a run. */
export interface ToldBySession {
  readonly switches: readonly Switch[]
  /** Absent where the session was restarted meanwhile: its counts began anew. */
  readonly gateway?: { readonly held: number; readonly lost: number }
}

export interface Following {
  readonly observe: Observer
  readonly told: () => Promise<ToldBySession>
}

/** Pause before a session that has ended is looked for again: it may be on its way back. */
const againMs = 200

/**
 * Follows the events of a session: its switches, what its gateway held and lost, and the GC lines of its services. In production
 * each move of traffic from one release to another is a switch, be it a step, the whole, or the way back.
 */
export async function followSession(target: SessionTarget, gc: GcPause[]): Promise<Following> {
  const { client, service, status } = target
  const before = await status()
  const switches: Switch[] = []
  let moves = new Moves(await target.rollout())
  let held = 0
  let broken = false
  const take = (event: Event, atMs: number): void => {
    if (!('service' in event) || event.service !== service) return
    if (event.type === 'service.switched') {
      switches.push({ atMs, release: String(event.report.release) })
      held += event.report.held
    } else if ('rollout' in event && event.type !== 'rollout.recovered') {
      const release = moves.see(event.rollout)
      if (release !== undefined) switches.push({ atMs, release: String(release) })
      if (event.type === 'rollout.finished') held += event.cost?.held ?? 0
    } else if (event.type === 'instance.output') {
      const ms = gcPauseIn(event.line)
      if (ms !== undefined) gc.push({ atMs, ms })
    }
  }
  const observe: Observer = async (clock, signal) => {
    while (!signal.aborted) {
      try {
        const events = await client.subscribe(signal)
        // What moved while nobody listened is not taken for a move of the moment at which the next event comes.
        if (broken) moves = new Moves(await target.rollout())
        for await (const event of events) take(event, clock.at(Date.parse(event.at)))
      } catch {
        // A session that ends or is not there is no fault of the run: it is what is being looked at.
      }
      if (signal.aborted) return
      broken = true
      await pause(againMs, undefined, { signal }).catch(() => undefined)
    }
  }
  const told = async (): Promise<ToldBySession> => {
    const now = await status().catch(() => undefined)
    if (broken || now === undefined) return { switches }
    return { switches, gateway: { held, lost: now.lost - (before?.lost ?? 0) } }
  }
  return { observe, told }
}
