import type { Exit } from '../../model/instance.ts'
import { describeExit } from '../../model/instance.ts'
import type { Release } from '../../model/release.ts'
import type { Instance } from '../../supervise/instance.ts'
import { reportError } from '../../support/errors.ts'
import type { RolloutContext } from './context.ts'
import type { RecordBody } from './records.ts'

/** After a failure of the data plane, work is tried again after this time. */
const retryMs = 500

/** What the crew tells whoever owns it. */
export interface CrewOwner {
  /** To be written when there is a chance; the work counts as going on until `settled` is called. */
  readonly report: (body: RecordBody, settled: () => void) => void
  /** An instance has ended, for whatever reason; so long after it was taken in, in milliseconds. */
  readonly ended: (instance: Instance, exit: Exit, livedMs: number) => void
}

/** The processes of one service, and the work on each: starting, draining, stopping. */
export class Crew {
  readonly #context: RolloutContext
  readonly #owner: CrewOwner
  readonly #instances = new Map<string, Instance>()
  readonly #work = new Map<string, AbortController>()
  readonly #working = new Set<Promise<void>>()
  readonly #draining = new Set<Promise<void>>()
  /** How those ended that do not run any more. */
  readonly exits = new Map<string, string>()

  constructor(context: RolloutContext, owner: CrewOwner) {
    this.#context = context
    this.#owner = owner
  }

  get alive(): ReadonlySet<string> {
    return new Set(this.#instances.keys())
  }

  get busy(): ReadonlySet<string> {
    return new Set(this.#work.keys())
  }

  instance(id: string): Instance | undefined {
    return this.#instances.get(id)
  }

  /** Takes an instance in that runs already. */
  take(instance: Instance): void {
    this.#instances.set(instance.id, instance)
    void this.#watch(instance)
  }

  start(id: string, release: Release): void {
    void this.#run(id, async (signal) => {
      const { service, emit } = this.#context
      try {
        const instance = await this.#context.start(release, id, signal)
        this.take(instance)
        const { host, port, pid, portFixed } = instance
        return { kind: 'ready', id, address: { host, port, pid, portFixed } }
      } catch (error) {
        const why = reportError(error)
        if (!signal.aborted) emit({ type: 'instance.failed', service, release: release.number, error: why })
        const port = this.#context.portInUse(error)
        return { kind: 'lost', id, why: `${why.code} ${why.message}`, ...(port === undefined ? {} : { port }) }
      }
    })
  }

  /** Gives up a start. */
  cancel(id: string): void {
    this.#work.get(id)?.abort()
  }

  /** Requests that are on an instance, which is in no table any more, are let end; see `DataPlane.drain`. */
  drain(id: string, target: string, drainMs: number): void {
    const draining = this.#run(id, async () => {
      const { plane, now } = this.#context
      const limits = { requestsMs: drainMs, streamsMs: drainMs }
      const { inFlight, ended, streams } = await plane.drain(target, limits, now)
      return { kind: 'drained', id, target, inFlight, ended, streams }
    })
    this.#draining.add(draining)
    void draining.finally(() => this.#draining.delete(draining))
  }

  stop(id: string): void {
    void this.#run(id, async () => {
      const instance = this.#instances.get(id)
      if (instance !== undefined) await this.#end(instance)
      return { kind: 'stopped', id }
    })
  }

  /** Ends all starts and waits until nothing is being done. */
  async settle(): Promise<void> {
    for (const controller of this.#work.values()) controller.abort()
    await Promise.all(this.#working)
  }

  /** As `settle`, but for drains: they may take as long as requests do, and whoever comes next finds them again. */
  async leave(): Promise<void> {
    for (const controller of this.#work.values()) controller.abort()
    await Promise.all([...this.#working].filter((working) => !this.#draining.has(working)))
  }

  async #end(instance: Instance): Promise<void> {
    const { emit, service, now } = this.#context
    const { exit, killed } = await instance.stop(now)
    this.#instances.delete(instance.id)
    emit({ type: 'instance.stopped', service, release: instance.release, pid: instance.pid, exit, killed })
  }

  #run(id: string, work: (signal: AbortSignal) => Promise<RecordBody>): Promise<void> {
    const controller = new AbortController()
    this.#work.set(id, controller)
    const working = this.#finish(id, work, controller.signal).finally(() => this.#working.delete(working))
    this.#working.add(working)
    return working
  }

  async #finish(id: string, work: (signal: AbortSignal) => Promise<RecordBody>, signal: AbortSignal): Promise<void> {
    const settled = (): void => void this.#work.delete(id)
    try {
      this.#owner.report(await work(signal), settled)
    } catch (error) {
      const { emit, clock } = this.#context
      if (!signal.aborted) emit({ type: 'session.fault', error: reportError(error) })
      await clock.until(clock.now() + retryMs, signal)
      settled()
    }
  }

  async #watch(instance: Instance): Promise<void> {
    const since = performance.now()
    const exit = await instance.exited
    this.exits.set(instance.id, describeExit(exit))
    this.#instances.delete(instance.id)
    this.#owner.ended(instance, exit, performance.now() - since)
    // What it leaves behind ends with it.
    await instance.stop(this.#context.now).catch(() => undefined)
  }
}
