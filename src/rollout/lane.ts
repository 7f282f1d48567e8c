import type { BuildInputs, Builder } from '../build/builder.ts'
import type { DrainLimits } from '../gateway/gateway.ts'
import type { Artifact } from '../model/artifact.ts'
import type { SwitchReport } from '../model/event.ts'
import { describeExit } from '../model/instance.ts'
import type { Service } from '../model/service.ts'
import type { Instance } from '../supervise/instance.ts'
import { formatDuration } from '../support/duration.ts'
import { type ErrorReport, HotlaneError, isAbort, reportError } from '../support/errors.ts'
import { Latest } from '../support/latest.ts'
import { Building, Told } from './building.ts'
import type { LaneContext, Launch, Serving, Work } from './lane-context.ts'
import { Retiring } from './retire.ts'
import { Revival } from './revival.ts'
import { Tally } from './tally.ts'
import { Wishes } from './wishes.ts'

/** At the end of a session a person waits for the prompt: open streams are not worth more than this. */
const closeDrainMs = 1000

/** So many aborted tries in a row, and one is let finish: a save every moment must not keep all of them from being served. */
const patience = 3

type Way = SwitchReport['way']

/** The path of one service: build, start, ready, switch, drain, stop. Newest wins; a failure changes nothing. */
export class Lane {
  #context: LaneContext
  readonly #latest = new Latest(patience)
  readonly #building = new Building()
  readonly #wishes = new Wishes()
  readonly #tally = new Tally()
  readonly #revival = new Revival()
  readonly #retiring: Retiring
  #serving: Serving | undefined
  /** The instance that serves has ended by itself. */
  #isDown = false
  #cannotOverlap: boolean
  #releases = 0
  #error: ErrorReport | undefined
  #closing = false

  constructor(context: LaneContext) {
    const { service, gateway, emit, now } = context
    this.#context = context
    this.#cannotOverlap = service.overlap === 'hold'
    this.#retiring = new Retiring({ service: service.name, gateway, emit, now })
  }

  get service(): Service {
    return this.#context.service
  }

  get inputs(): BuildInputs | undefined {
    return this.#building.inputs
  }

  get buildFailed(): boolean {
    return this.#building.failed
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
    return [this.#serving?.artifact.path, this.#building.artifact?.path].filter((path) => path !== undefined)
  }

  /** Takes new settings; they act from the next request on, and what serves goes on. */
  configure(service: Service, builder: Builder): void {
    void this.#context.builder.close()
    this.#context = { ...this.#context, service, builder }
    this.#building.forgetInputs()
    if (service.overlap === 'hold') this.#cannotOverlap = true
  }

  /** Resolves when the work is done, has failed (told as events), or a newer request took its place. */
  async request(work: Work): Promise<void> {
    if (this.#closing) return
    this.#wishes.add(work)
    this.#revival.cancel()
    await this.#latest.run((signal) => this.#attempt(() => this.#deploy(signal), signal))
  }

  /** Tells the open pages of this service to reload. */
  reloadPages(): void {
    if (!this.service.browserReload) return
    const pages = this.#context.gateway.reloadPages(this.service.name)
    if (pages > 0) this.#context.emit({ type: 'browser.reloaded', service: this.service.name, pages })
  }

  /** Stops everything of this lane; requests that still come are refused with the reason. */
  async close(why: string): Promise<void> {
    this.#closing = true
    this.#revival.cancel()
    await this.#latest.stop()
    await this.#context.builder.close()
    const serving = this.#serving
    this.#serving = undefined
    this.#context.routes.set(this.service.name, { kind: 'refuse', why })
    const older = this.#retiring.finish()
    const last = serving === undefined ? undefined : this.#retiring.retire(serving.instance, both(closeDrainMs))
    const cut = (): void => void this.#retiring.finish()
    this.#context.now.addEventListener('abort', cut)
    if (this.#context.now.aborted) cut()
    await Promise.allSettled([older, last])
    this.#context.now.removeEventListener('abort', cut)
  }

  async #attempt(step: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const batch = this.#wishes.batch()
    try {
      await step()
    } catch (error) {
      if (signal.aborted || isAbort(error)) throw error
      this.#wishes.dropped(batch)
      this.#fail(error)
    } finally {
      if (!signal.aborted) this.#reviveLater()
    }
  }

  async #deploy(signal: AbortSignal): Promise<void> {
    const batch = this.#wishes.batch()
    const { artifact, buildMs } = await this.#build(signal)
    if (this.#isServed(artifact)) {
      this.#wishes.served(batch)
      return this.#settle()
    }
    const began = performance.now()
    const { instance, way } = await this.#replace(artifact, signal)
    const { savedAt } = this.#wishes
    this.#wishes.served(batch)
    this.#commit({ artifact, instance, release: this.#releases }, savedAt, {
      way,
      buildMs,
      startMs: performance.now() - began,
    })
    await this.#context.after()
  }

  async #build(signal: AbortSignal): Promise<{ readonly artifact: Artifact; readonly buildMs: number }> {
    const present = this.#building.artifact
    if (present !== undefined && !this.#wishes.wantsBuild) return { artifact: present, buildMs: 0 }
    const batch = this.#wishes.batch()
    const began = performance.now()
    const artifact = await this.#building.run(this.#context, (built) => this.#isServed(built), signal)
    this.#wishes.built(batch)
    return { artifact, buildMs: performance.now() - began }
  }

  #isServed(artifact: Artifact): boolean {
    return this.#serving?.artifact.hash === artifact.hash && !this.#wishes.wantsRestart
  }

  async #replace(artifact: Artifact, signal: AbortSignal): Promise<{ readonly instance: Instance; readonly way: Way }> {
    const serving = this.#serving
    const release = ++this.#releases
    if (serving !== undefined && this.#cannotOverlap) return this.#replaceHeld(serving, artifact, signal)
    try {
      const instance = await this.#start(
        { artifact, release, ...(serving === undefined ? {} : { beside: serving.instance }) },
        signal,
      )
      // The last moment at which a newer change may win.
      if (signal.aborted) void this.#retiring.retire(instance, both(0))
      signal.throwIfAborted()
      return { instance, way: 'overlap' }
    } catch (error) {
      if (signal.aborted) throw error
      const port = this.#context.portInUse(error)
      if (serving !== undefined && port !== undefined) {
        // Only a port of the running instance can be meant by an app that could be started before.
        this.#cannotOverlap = true
        return this.#replaceHeld(serving, artifact, signal)
      }
      if (port === undefined && !(release === 1 && endedWithoutWord(error))) throw error
      if (!(await this.#context.yieldPort(port))) throw error
      return { instance: await this.#start({ artifact, release }, signal), way: 'overlap' }
    }
  }

  /** For an app that binds a port of its own: requests wait while the old instance ends and the new one starts. */
  async #replaceHeld(
    serving: Serving,
    artifact: Artifact,
    signal: AbortSignal,
  ): Promise<{ readonly instance: Instance; readonly way: Way }> {
    const { routes, now } = this.#context
    signal.throwIfAborted()
    routes.set(this.service.name, { kind: 'hold', why: 'the service is being replaced' })
    this.#serving = undefined
    // Newer requests wait meanwhile, so streams, which may never end, are ended now; their clients come back.
    await this.#retiring.retire(serving.instance, { requestsMs: this.service.drainMs, streamsMs: 0 })
    // From here on nothing serves, so a newer change waits for this start instead of aborting it.
    try {
      return { instance: await this.#start({ artifact, release: this.#releases }, now), way: 'hold' }
    } catch (error) {
      this.#adopt({
        ...serving,
        instance: await this.#start({ artifact: serving.artifact, release: serving.release }, now),
      })
      throw error
    }
  }

  async #start(launch: Launch, signal: AbortSignal): Promise<Instance> {
    const { emit, start } = this.#context
    const instance = await start(launch, signal)
    emit({
      type: 'instance.ready',
      service: this.service.name,
      release: launch.release,
      pid: instance.pid,
      ms: instance.readyMs,
    })
    return instance
  }

  /** Synchronous: traffic moves here. */
  #commit(next: Serving, savedAt: number | undefined, cost: Pick<SwitchReport, 'way' | 'buildMs' | 'startMs'>): void {
    const replaced = this.#serving
    this.#revival.forget()
    this.#adopt(next)
    if (replaced !== undefined) void this.#retiring.retire(replaced.instance, both(this.service.drainMs))
    this.#settle()
    this.#context.emit({
      type: 'service.switched',
      service: this.service.name,
      report: {
        release: next.release,
        artifact: next.artifact.hash,
        pid: next.instance.pid,
        ...cost,
        ...(savedAt === undefined ? {} : { savedToServedMs: performance.now() - savedAt }),
        ...this.#tally.take(this.#context.gateway, this.service.name),
      },
    })
    this.reloadPages()
  }

  #adopt(next: Serving): void {
    const { id, host, port, portFixed } = next.instance
    const service = this.service.name
    this.#serving = next
    this.#isDown = false
    this.#revival.answered()
    if (portFixed && !this.#cannotOverlap) {
      this.#cannotOverlap = true
      this.#context.emit({ type: 'service.port-fixed', service, port, publicUrl: this.#context.publicUrl() })
    }
    const { protocol } = this.service
    const target = { id, host, port, ...(protocol === undefined ? {} : { protocol }) }
    this.#context.routes.set(service, { kind: 'serve', release: next.release, targets: [target] })
    void this.#watchForCrash(next)
  }

  /** What was asked for is served: nothing is left to show. */
  #settle(): void {
    this.#error = undefined
    this.#context.gateway.showError(this.service.name, undefined)
  }

  #fail(error: unknown): void {
    const told = error instanceof Told
    const report = reportError(told ? error.cause : error)
    const service = this.service.name
    if (!told) this.#context.emit({ type: 'instance.failed', service, release: this.#releases, error: report })
    this.#show(report, this.#serving === undefined || this.#isDown)
  }

  #show(report: ErrorReport, refuse: boolean): void {
    const { gateway, routes } = this.#context
    const { message: why, output } = report
    this.#error = report
    gateway.showError(this.service.name, report)
    if (!refuse) return
    routes.set(this.service.name, { kind: 'refuse', why, ...(output === undefined ? {} : { detail: output }) })
  }

  async #watchForCrash(serving: Serving): Promise<void> {
    const { instance, release } = serving
    const readyAt = performance.now()
    const exit = await instance.exited
    if (this.#serving !== serving || this.#closing) return
    this.#isDown = true
    const service = this.service.name
    const output = instance.lastOutput()
    const delayMs = this.service.restartOnCrash ? this.#revival.crashed(performance.now() - readyAt) : undefined
    const restart = delayMs === undefined ? {} : { restartInMs: delayMs }
    this.#context.emit({ type: 'instance.crashed', service, release, pid: instance.pid, exit, ...restart, output })
    const how = describeExit(exit)
    if (delayMs === undefined || this.#revival.isLoop) {
      const delay = delayMs === undefined ? 'no time' : formatDuration(delayMs)
      const params = { service, count: Math.max(1, this.#revival.crashes), how, delay }
      this.#show(reportError(new HotlaneError('HL4004', { params, output })), true)
    } else {
      this.#context.routes.set(service, { kind: 'hold', why: `the process ended (${how}) and is started again` })
    }
    await instance.stop(this.#context.now)
    this.#reviveLater()
  }

  /** Starts the last good release again after its delay, unless a deploy that is on its way does better. */
  #reviveLater(): void {
    const down = this.#serving
    if (down === undefined || this.#closing) return
    this.#revival.schedule(() => {
      if (this.#latest.busy || this.#serving !== down) return
      void this.#latest.run((signal) => this.#attempt(() => this.#revive(down, signal), signal))
    })
  }

  async #revive(down: Serving, signal: AbortSignal): Promise<void> {
    try {
      this.#adopt({ ...down, instance: await this.#start({ artifact: down.artifact, release: down.release }, signal) })
    } catch (error) {
      if (!signal.aborted) this.#revival.crashed(0)
      throw error
    }
    this.#settle()
  }
}

/** Some frameworks swallow the failure to bind a port, and the program just ends. */
function endedWithoutWord(error: unknown): boolean {
  return error instanceof HotlaneError && error.code === 'HL4001' && error.message.endsWith('(exit code 0)')
}

function both(ms: number): DrainLimits {
  return { requestsMs: ms, streamsMs: ms }
}
