import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import type { RoutingTable } from '../../model/table.ts'
import { reportError } from '../../support/errors.ts'
import type { LaneReading } from '../data-plane.ts'
import { WorkerGone } from './link.ts'
import type { Member } from './member.ts'
import type { WorkerOptions } from './messages.ts'
import { NewsSieve } from './news-board.ts'
import type { WorkerNote } from './note.ts'
import { sumReadings, withoutGauges } from './readings.ts'
import { removeRecord } from './record.ts'
import { recruit } from './recruit.ts'
import { respawnDelay } from './respawn-delay.ts'
import { Sockets } from './sockets.ts'

export interface CrewSettings {
  readonly directory: string
  readonly workers: number
  readonly options: WorkerOptions
  readonly version: string
  /** How long a worker that retires may wait for what is left on it. */
  readonly retireMs: number
  readonly told: (note: WorkerNote) => void
}

/**
 * The workers, kept as they should be: as many as wanted, of this version and these settings, with all sockets and the table.
 * One at a time whatever is missing is started, and only then is retired what should not be.
 */
export class Crew {
  readonly members = new Set<Member>()
  readonly sockets = new Sockets()
  /** Set synchronously before it is sent to the members, so that one that starts meanwhile has either this one or both. */
  table: RoutingTable = { entries: [] }
  superseded = false
  readonly #settings: CrewSettings
  readonly #options: string
  readonly #closing = new AbortController()
  readonly #deaths: number[] = []
  readonly #sieve = new NewsSieve()
  #past: readonly LaneReading[] = []
  #generation = 0
  #wishes = 0
  #round: Promise<void> | undefined

  constructor(settings: CrewSettings) {
    this.#settings = settings
    this.#options = JSON.stringify(settings.options)
  }

  /** What workers that have ended have counted. */
  get past(): readonly LaneReading[] {
    return this.#past
  }

  get all(): readonly Member[] {
    return [...this.members]
  }

  /** From here on it is a member; whoever comes from elsewhere brings its table and sockets. */
  enlist(member: Member): void {
    this.members.add(member)
    member.followNews((news) => {
      if (this.#sieve.passes(news, member.id, performance.now())) this.#settings.told(news)
    })
    void member.closed.then(() => this.#ended(member))
  }

  /** Resolves when everything is as it should be. @throws HotlaneError HL5004 where a worker cannot be started */
  async settle(): Promise<void> {
    this.#wishes++
    this.#round ??= this.#rounds().finally(() => {
      this.#round = undefined
    })
    await this.#round
  }

  /** Hangs up; the workers go on, but for one that was just being started. */
  async leave(): Promise<void> {
    await this.stop()
    const members = this.all
    this.members.clear()
    for (const member of members) member.leave()
    this.sockets.release()
  }

  /** Makes every worker outdated. */
  renew(): void {
    this.#generation++
  }

  /** The worker that has all sockets, or most of them; undefined where they are held here, or nowhere. */
  keeper(): Member | undefined {
    if (this.sockets.descriptors !== undefined) return undefined
    const count = ({ sockets }: Member): number => sockets.size
    return this.all.filter(({ state }) => state !== 'retiring').toSorted((a, b) => count(b) - count(a))[0]
  }

  /** Starts nothing any more. */
  async stop(): Promise<void> {
    this.#closing.abort(new WorkerGone())
    await this.#round?.catch(() => undefined)
  }

  /** Replaces what has died: at once, unless it dies again and again. */
  mend(): void {
    const { signal } = this.#closing
    if (signal.aborted) return
    this.#deaths.push(performance.now())
    const retryMs = respawnDelay(this.#deaths, performance.now())
    pause(retryMs, undefined, { signal, ref: false })
      .then(() => this.settle())
      .catch((error: unknown) => {
        if (signal.aborted) return
        const next = respawnDelay([...this.#deaths, performance.now()], performance.now())
        this.#settings.told({ kind: 'workers-missing', error: reportError(error), retryMs: next })
        this.mend()
      })
  }

  async #rounds(): Promise<void> {
    for (let met = -1; met !== this.#wishes;) {
      met = this.#wishes
      await this.#once()
    }
  }

  async #once(): Promise<void> {
    if (this.superseded || this.#closing.signal.aborted) return
    await this.sockets.regain(this.keeper())
    const keeper = this.keeper()
    if (keeper !== undefined && [...keeper.sockets.values()].some(({ open }) => !open)) await keeper.accept()
    const missing = this.#wanted() - this.#fit().length
    const starts = Array.from({ length: Math.max(0, missing) }, () => this.#start())
    const failed = (await Promise.allSettled(starts)).find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    const kept = new Set(this.#fit().slice(0, this.#wanted()))
    const spare = this.all.filter((member) => !kept.has(member) && member.state !== 'retiring')
    await Promise.all(spare.map((member) => this.#retire(member)))
  }

  /** Where only workers hold the sockets, one of them alone could take them along when it dies. */
  #wanted(): number {
    const { workers } = this.#settings
    if (this.sockets.all.length === 0) return 0
    return this.sockets.descriptors === undefined ? Math.max(2, workers) : workers
  }

  #fit(): readonly Member[] {
    const { version } = this.#settings
    return this.all.filter(
      (member) =>
        member.state === 'serving' &&
        member.version === version &&
        member.options === this.#options &&
        member.generation === this.#generation &&
        this.sockets.all.every(({ asked }) => member.accepts(asked)),
    )
  }

  async #start(): Promise<void> {
    const { directory, version, options, told } = this.#settings
    const { pid } = await recruit(
      { id: randomUUID().slice(0, 8), directory, version, options, sockets: this.sockets.all },
      {
        generation: this.#generation,
        descriptors: this.sockets.descriptors,
        keeper: this.keeper(),
        // Nothing is awaited between the two, so that a newer table comes after this one.
        enlist: (member) => {
          this.enlist(member)
          return this.table
        },
      },
      this.#closing.signal,
    )
    told({ kind: 'worker-started', pid })
  }

  async #retire(member: Member): Promise<void> {
    const { retireMs, told } = this.#settings
    member.state = 'retiring'
    told({ kind: 'worker-retiring', pid: member.pid })
    // One that is gone has retired in its own way.
    await member.call('retire', { graceMs: retireMs }).catch(() => undefined)
  }

  async #ended(member: Member): Promise<void> {
    const { directory, told } = this.#settings
    if (member.superseded && !this.superseded) {
      this.superseded = true
      told({ kind: 'superseded' })
    }
    if (this.superseded || !this.members.has(member)) return
    this.members.delete(member)
    this.#past = sumReadings([...this.#past, ...member.lanes.map(withoutGauges)])
    if (member.state === 'serving' && !member.done) this.mend()
    const exit = await member.gone()
    await removeRecord(directory, member.id)
    if (member.done) told({ kind: 'worker-ended', pid: member.pid })
    else told({ kind: 'worker-died', pid: member.pid, exit })
  }
}
