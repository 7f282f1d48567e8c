import type { Artifact } from '../model/artifact.ts'
import type { BuildInputs, Builder } from '../build/builder.ts'
import type { Emit, SwitchReport } from '../model/event.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Instance } from '../supervise/instance.ts'
import type { Service } from '../model/service.ts'
import { Latest } from '../support/latest.ts'
import { type ErrorReport, HotlaneError, isAbort, reportError } from '../support/errors.ts'
import { formatDuration } from '../support/duration.ts'
import { describeExit } from '../model/instance.ts'
import type { Routes } from './routes.ts'
import { Retiring } from './retire.ts'
import { Revival } from './revival.ts'

/** How the lane reaches the mechanisms; the composition root fills it in. */
export interface LaneContext {
  readonly service: Service
  readonly builder: Builder
  readonly gateway: Gateway
  readonly routes: Routes
  readonly emit: Emit
  /** Steps before a build. @throws HotlaneError HL3004 */
  readonly before: (signal: AbortSignal) => Promise<void>
  /** @throws HotlaneError HL4001 to HL4005 */
  readonly start: (artifact: Artifact, release: number, signal: AbortSignal) => Promise<Instance>
  /** Steps after a switch; their failure is told, and changes nothing. */
  readonly after: () => Promise<void>
  /**
   * The app insists on the port that the gateway listens on: moves the gateway elsewhere and returns true, or returns
   * false where the user chose the address.
   */
  readonly yieldPort: (port: number | undefined) => Promise<boolean>
  /** Which port a failed start could not bind. */
  readonly portInUse: (error: unknown) => number | undefined
  /** Where the service is found, for the line about a port of the app's own. */
  readonly publicUrl: () => string
  /** Aborted when everything is to end at once. */
  readonly now: AbortSignal
}

/** What a change asks of a lane. */
export interface Work {
  readonly build: boolean
  /** Start a new instance even where the artifact is the same. */
  readonly restart: boolean
  /** `performance.now()` of the save. */
  readonly savedAt?: number
}

interface Serving {
  readonly artifact: Artifact
  readonly instance: Instance
  readonly release: number
}

/** In-flight requests of an app that cannot overlap get this long while newer ones wait for its successor. */
const holdDrainMs = 5000

/** At the end of a session a person waits for the prompt: open streams are not worth more than this. */
const closeDrainMs = 1000

/** The path of one service: build, start, ready, switch, drain, stop. Newest wins; a failure changes nothing. */
export class Lane {
  #context: LaneContext
  readonly #latest = new Latest()
  readonly #retiring: Retiring
  readonly #revival: Revival
  #serving: Serving | undefined
  #built: Artifact | undefined
  #inputs: BuildInputs | undefined
  #inputsTurn = 0
  #buildFailed = false
  #cannotOverlap: boolean
  #releases = 0
  #savedAt: number | undefined
  #error: ErrorReport | undefined
  #lostBefore = 0
  #heldBefore = 0
  // Counted instead of flagged, so that a wish that comes while an older one is carried out is not lost with it.
  readonly #wanted = { build: 1, restart: 1 }
  readonly #done = { build: 0, restart: 0 }
  #closing = false

  constructor(context: LaneContext) {
    const { service, gateway, emit, now } = context
    this.#context = context
    this.#cannotOverlap = service.overlap === 'hold'
    this.#retiring = new Retiring({ service: service.name, gateway, emit, now })
    this.#revival = new Revival()
  }

  get service(): Service {
    return this.#context.service
  }

  get inputs(): BuildInputs | undefined {
    return this.#inputs
  }

  get buildFailed(): boolean {
    return this.#buildFailed
  }

  /** What serves now, for status. */
  get serving(): { readonly release: number; readonly pid: number; readonly artifact: string } | undefined {
    const serving = this.#serving
    if (serving === undefined) return undefined
    return { release: serving.release, pid: serving.instance.pid, artifact: serving.artifact.hash }
  }

  /** What stands in the way of the last change, if anything. */
  get error(): ErrorReport | undefined {
    return this.#error
  }

  /** Paths of artifacts that must not be collected. */
  get artifacts(): readonly string[] {
    return [this.#serving?.artifact.path, this.#built?.path].filter((path) => path !== undefined)
  }

  /** Takes new settings; they act from the next request on, and what serves goes on. */
  configure(service: Service, builder: Builder): void {
    this.#context = { ...this.#context, service, builder }
    this.#inputs = undefined
    if (service.overlap === 'hold') this.#cannotOverlap = true
  }

  /** Resolves when the work is done, has failed (told as events), or a newer request took its place. */
  async request(work: Work): Promise<void> {
    if (this.#closing) return
    if (work.build) this.#wanted.build++
    if (work.restart) this.#wanted.restart++
    this.#savedAt ??= work.savedAt
    this.#revival.cancel()
    await this.#latest.run((signal) => this.#attempt((inner) => this.#deploy(inner), signal))
  }

  /** Stops everything of this lane; requests that still come are refused with the reason. */
  async close(why: string): Promise<void> {
    this.#closing = true
    this.#revival.cancel()
    await this.#latest.stop()
    const serving = this.#serving
    this.#serving = undefined
    this.#context.routes.set(this.service.name, { kind: 'refuse', why })
    const older = this.#retiring.finish()
    const last = serving === undefined ? undefined : this.#retiring.retire(serving.instance, closeDrainMs)
    const cut = (): void => void this.#retiring.finish()
    this.#context.now.addEventListener('abort', cut)
    if (this.#context.now.aborted) cut()
    await Promise.allSettled([older, last])
    this.#context.now.removeEventListener('abort', cut)
  }

  async #attempt(step: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await step(signal)
    } catch (error) {
      if (signal.aborted || isAbort(error)) throw error
      this.#fail(error)
    } finally {
      if (!signal.aborted) this.#reviveLater()
    }
  }

  async #deploy(signal: AbortSignal): Promise<void> {
    const wanted = { ...this.#wanted }
    const { artifact, buildMs } = await this.#build(signal)
    const same = this.#serving?.artifact.hash === artifact.hash
    if (same && wanted.restart === this.#done.restart) return this.#settle()
    const began = performance.now()
    const { instance, way } = await this.#replace(artifact, signal)
    this.#done.restart = wanted.restart
    this.#commit({ artifact, instance, release: this.#releases }, { way, buildMs, startMs: performance.now() - began })
    await this.#context.after()
  }

  async #build(signal: AbortSignal): Promise<{ readonly artifact: Artifact; readonly buildMs: number }> {
    const wanted = this.#wanted.build
    if (this.#built !== undefined && wanted === this.#done.build) return { artifact: this.#built, buildMs: 0 }
    const { emit, builder, before } = this.#context
    const service = this.service.name
    const began = performance.now()
    emit({ type: 'build.started', service })
    try {
      await before(signal)
      const artifact = await builder.build(signal)
      const ms = performance.now() - began
      this.#built = artifact
      this.#done.build = wanted
      this.#buildFailed = false
      emit({
        type: 'build.finished',
        service,
        artifact: artifact.hash,
        ms,
        same: artifact.hash === this.#serving?.artifact.hash,
      })
      void this.#refreshInputs()
      return { artifact, buildMs: ms }
    } catch (error) {
      if (signal.aborted) {
        emit({ type: 'build.aborted', service })
        throw error
      }
      this.#buildFailed = true
      emit({ type: 'build.failed', service, error: reportError(error), ms: performance.now() - began })
      throw new Told(error)
    }
  }

  async #replace(artifact: Artifact, signal: AbortSignal): Promise<{ instance: Instance; way: SwitchReport['way'] }> {
    const serving = this.#serving
    this.#releases++
    if (serving !== undefined && this.#cannotOverlap) return this.#replaceHeld(serving, artifact, signal)
    try {
      const instance = await this.#start(artifact, signal)
      // The last moment at which a newer change may win.
      if (signal.aborted) {
        await instance.stop(this.#context.now)
        signal.throwIfAborted()
      }
      return { instance, way: 'overlap' }
    } catch (error) {
      if (signal.aborted) throw error
      const port = this.#context.portInUse(error)
      if (serving !== undefined && port !== undefined) {
        // Only the running instance's own port can be meant by an app that ran before.
        this.#cannotOverlap = true
        return this.#replaceHeld(serving, artifact, signal)
      }
      const silent =
        error instanceof HotlaneError && error.code === 'HL4001' && serving === undefined && this.#releases === 1
      if ((port === undefined && !silent) || !(await this.#context.yieldPort(port))) throw error
      return { instance: await this.#start(artifact, signal), way: 'overlap' }
    }
  }

  /** For an app that binds a port of its own: requests wait while the old instance ends and the new one starts. */
  async #replaceHeld(
    serving: Serving,
    artifact: Artifact,
    signal: AbortSignal,
  ): Promise<{ instance: Instance; way: SwitchReport['way'] }> {
    signal.throwIfAborted()
    this.#context.routes.set(this.service.name, { kind: 'hold', why: 'the service is being replaced' })
    this.#serving = undefined
    await this.#retiring.retire(serving.instance, holdDrainMs)
    // From here on nothing serves, so a newer change waits for this start instead of aborting it.
    try {
      return { instance: await this.#start(artifact, this.#context.now), way: 'hold' }
    } catch (error) {
      const instance = await this.#start(serving.artifact, this.#context.now)
      this.#adopt({ ...serving, instance })
      throw error
    }
  }

  async #start(artifact: Artifact, signal: AbortSignal): Promise<Instance> {
    const { emit, start } = this.#context
    const release = this.#releases
    const instance = await start(artifact, release, signal)
    emit({ type: 'instance.ready', service: this.service.name, release, pid: instance.pid, ms: instance.readyMs })
    return instance
  }

  /** Synchronous: traffic moves here. */
  #commit(next: Serving, cost: Pick<SwitchReport, 'way' | 'buildMs' | 'startMs'>): void {
    const { gateway, emit } = this.#context
    const service = this.service.name
    const replaced = this.#serving
    this.#revival.forget()
    this.#adopt(next)
    if (replaced !== undefined) void this.#retiring.retire(replaced.instance, this.service.drainMs)
    const counters = gateway.counters(service)
    const savedToServedMs = this.#savedAt === undefined ? undefined : performance.now() - this.#savedAt
    this.#settle()
    emit({
      type: 'service.switched',
      service,
      report: {
        release: next.release,
        artifact: next.artifact.hash,
        pid: next.instance.pid,
        ...cost,
        ...(savedToServedMs === undefined ? {} : { savedToServedMs }),
        lost: counters.lost - this.#lostBefore,
        held: counters.heldTotal - this.#heldBefore,
      },
    })
    this.#lostBefore = counters.lost
    this.#heldBefore = counters.heldTotal
    this.reloadPages()
  }

  reloadPages(): void {
    if (!this.service.browserReload) return
    const pages = this.#context.gateway.reloadPages(this.service.name)
    if (pages > 0) this.#context.emit({ type: 'browser.reloaded', service: this.service.name, pages })
  }

  #adopt(next: Serving): void {
    const { id, host, port } = next.instance
    this.#serving = next
    this.#revival.answered()
    if (next.instance.portFixed && !this.#cannotOverlap) {
      this.#cannotOverlap = true
      this.#context.emit({
        type: 'service.port-fixed',
        service: this.service.name,
        port,
        publicUrl: this.#context.publicUrl(),
      })
    }
    this.#context.routes.set(this.service.name, { kind: 'serve', release: next.release, targets: [{ id, host, port }] })
    void this.#watchForCrash(next)
  }

  /** What was asked for is served: nothing is left to show or to measure. */
  #settle(): void {
    this.#savedAt = undefined
    this.#error = undefined
    this.#context.gateway.showError(this.service.name, undefined)
  }

  #fail(error: unknown): void {
    const { emit, gateway, routes } = this.#context
    const service = this.service.name
    const told = error instanceof Told
    const report = reportError(told ? error.cause : error)
    if (!told) emit({ type: 'instance.failed', service, release: this.#releases, error: report })
    this.#savedAt = undefined
    this.#error = report
    gateway.showError(service, report)
    if (this.#serving === undefined) {
      routes.set(service, {
        kind: 'refuse',
        why: report.message,
        ...(report.output === undefined ? {} : { detail: report.output }),
      })
    }
  }

  async #watchForCrash(serving: Serving): Promise<void> {
    const readyAt = performance.now()
    const exit = await serving.instance.exited
    if (this.#serving !== serving || this.#closing) return
    const { emit, routes, gateway } = this.#context
    const service = this.service.name
    const { pid, lastOutput } = serving.instance
    const output = lastOutput()
    const delayMs = this.service.restartOnCrash ? this.#revival.crashed(performance.now() - readyAt) : undefined
    const restart = delayMs === undefined ? {} : { restartInMs: delayMs }
    emit({ type: 'instance.crashed', service, release: serving.release, pid, exit, ...restart, output })
    const how = describeExit(exit)
    if (delayMs === undefined || this.#revival.isLoop) {
      const delay = delayMs === undefined ? 'never' : formatDuration(delayMs)
      const params = { service, count: Math.max(1, this.#revival.crashes), how, delay }
      this.#error = reportError(new HotlaneError('HL4004', { params, output }))
      gateway.showError(service, this.#error)
      routes.set(service, { kind: 'refuse', why: this.#error.message, detail: output })
    } else {
      routes.set(service, { kind: 'hold', why: `the process ended (${how}) and is started again` })
    }
    await serving.instance.stop(this.#context.now)
    this.#reviveLater()
  }

  /** Starts the last good release again after its delay, unless a deploy that is on its way does better. */
  #reviveLater(): void {
    const down = this.#serving
    if (down === undefined || this.#closing) return
    this.#revival.schedule(() => {
      if (this.#latest.busy || this.#serving !== down) return
      void this.#latest.run((signal) =>
        this.#attempt(async (inner) => {
          const instance = await this.#context.start(down.artifact, down.release, inner)
          this.#adopt({ ...down, instance })
          this.#settle()
        }, signal),
      )
    })
  }

  async #refreshInputs(): Promise<void> {
    const turn = ++this.#inputsTurn
    const inputs = await this.#context.builder.inputs(this.#context.now).catch(() => undefined)
    if (turn === this.#inputsTurn) this.#inputs = inputs
  }
}

/** A failure that an event has told already. */
class Told extends Error {
  constructor(cause: unknown) {
    super('told', { cause })
  }
}
