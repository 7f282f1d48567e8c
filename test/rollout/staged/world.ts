import type { LaneReading } from '../../../src/gateway/data-plane.ts'
import type { Event } from '../../../src/model/event.ts'
import type { Exit } from '../../../src/model/instance.ts'
import type { Plan } from '../../../src/model/plan.ts'
import type { Release } from '../../../src/model/release.ts'
import type { Finding, RolloutReport } from '../../../src/model/rollout.ts'
import type { EntryParts } from '../../../src/rollout/staged/board.ts'
import type { Judgement, RolloutContext } from '../../../src/rollout/staged/context.ts'
import { type Ledger, openLedger } from '../../../src/rollout/staged/ledger.ts'
import { Runner } from '../../../src/rollout/staged/run.ts'
import { type JournalFiles, journalFiles } from '../../../src/store/journal-file.ts'
import type { Instance } from '../../../src/supervise/instance.ts'
import { HotlaneError } from '../../../src/support/errors.ts'
import { Clock } from './clock.ts'
import { releaseOf } from './release.ts'

/** Thousands of records are written here, and no machine loses its power. */
const unsynced: JournalFiles = {
  ...journalFiles,
  open: (file) => ({ ...journalFiles.open(file), sync: () => undefined }),
}

/** How a release behaves. */
export interface Behaviour {
  /** A start of it ends with this, or the port that it cannot bind beside another instance. */
  readonly start?: 'fails' | 'port taken'
  readonly startMs?: number
  readonly verify?: readonly Finding[]
  readonly judge?: Judgement['verdict']
  readonly bake?: Judgement['verdict']
  readonly command?: number
}

interface Process {
  readonly id: string
  readonly release: number
  readonly port: number
  alive: boolean
  ready: boolean
}

/** What outlives a control process: instances, the gateway's table, releases, reports. And the time. */
export class World {
  readonly clock: Clock
  readonly processes = new Map<string, Process>()
  readonly releases = new Map<number, Release>()
  readonly behaviours = new Map<number, Behaviour>()
  readonly reports: RolloutReport[] = []
  readonly events: Event[] = []
  readonly violations: string[] = []
  readonly installs: EntryParts[] = []
  table: EntryParts | undefined
  /** Once set, stable has to serve at every moment. */
  mustServe = false
  /** Releases that cannot be brought into the table, since their address is taken. */
  readonly unplaced = new Set<number>()
  /** Control processes that were killed do nothing any more. */
  generation = 0
  #ids = 0
  readonly #exits = new Map<string, ((exit: Exit) => void)[]>()

  constructor(now = 1_700_000_000_000) {
    this.clock = new Clock(now)
  }

  /** The same, at this moment; nothing that happens to one happens to the other. */
  clone(): World {
    const copy = new World(this.clock.now())
    for (const [id, process] of this.processes) copy.processes.set(id, { ...process })
    for (const [number, release] of this.releases) copy.releases.set(number, release)
    for (const [number, behaviour] of this.behaviours) copy.behaviours.set(number, behaviour)
    copy.table = this.table
    copy.mustServe = this.mustServe
    copy.#ids = this.#ids + 1000
    return copy
  }

  addRelease(plan: Plan, behaviour: Behaviour = {}): Release {
    const release = releaseOf(this.releases.size + 1, plan)
    this.releases.set(release.number, release)
    this.behaviours.set(release.number, behaviour)
    return release
  }

  /** Ids of processes that run. */
  get running(): readonly string[] {
    return [...this.processes.values()].filter(({ alive }) => alive).map(({ id }) => id)
  }

  runningOf(release: number): readonly string[] {
    return this.running.filter((id) => this.processes.get(id)?.release === release)
  }

  crash(id: string): void {
    this.#end(id, { code: 1, signal: null })
  }

  /** A control process with its runner. `onCommit` is told before and after each record. */
  control(journal: string, onCommit: (when: 'before' | 'after') => void = () => undefined): Control {
    const generation = ++this.generation
    const ledger = openLedger(journal, { now: () => this.clock.now(), files: unsynced })
    const own = new AbortController()
    const context = this.#context(ledger, generation, onCommit)
    const runner = new Runner(context)
    return {
      runner,
      ledger,
      run: () => runner.run(own.signal),
      stop: () => own.abort(),
      kill: () => {
        this.generation++
        this.clock.forget()
        ledger.close()
      },
    }
  }

  #context(ledger: Ledger, generation: number, onCommit: (when: 'before' | 'after') => void): RolloutContext {
    const live = async <T>(effect: () => T | Promise<T>): Promise<T> => {
      if (this.generation !== generation) return new Promise<T>(() => undefined)
      const result = await effect()
      return this.generation === generation ? result : new Promise<T>(() => undefined)
    }
    return {
      service: 'shop',
      plane: {
        drain: (target) =>
          live(async () => {
            this.#checkUnrouted(target, 'drained')
            await this.clock.pass(20)
            // What is on a target at the end of a drain is cut.
            if (this.generation === generation) this.#checkUnrouted(target, 'drained to the end')
            return { inFlight: 1, ended: 0, streams: 0, ms: 20 }
          }),
        read: () => live(() => this.#readings()),
      },
      board: {
        // Until it is installed everywhere, requests go where they went before.
        set: (parts) =>
          live(async () => {
            await this.clock.pass(5)
            const [{ state }] = parts.lanes
            if (state.kind === 'serve' && this.unplaced.has(state.release))
              throw new HotlaneError('HL5001', { params: { address: '127.0.0.1:80', reason: 'it is taken' } })
            if (this.generation === generation) this.#install(parts)
          }),
      },
      ledger: {
        state: (service) => ledger.state(service),
        nextRollout: () => ledger.nextRollout(),
        commit: (service, body, rollout) => {
          if (this.generation !== generation) throw new Error('this control process was killed')
          onCommit('before')
          const state = ledger.commit(service, body, rollout)
          onCommit('after')
          return state
        },
      },
      releases: {
        load: (service, number) =>
          live(() => {
            const release = this.releases.get(number)
            if (release === undefined) throw new HotlaneError('HL6102', { params: { service, release: number } })
            return release
          }),
        repeat: (_service, number) =>
          live(() => {
            const content = this.releases.get(number)
            if (content === undefined) throw new Error('no such release')
            const again = this.addRelease(content.plan, this.behaviours.get(number))
            const release: Release = { ...again, origin: { kind: 'rollback', of: number } }
            this.releases.set(release.number, release)
            return release
          }),
        list: () => live(() => [...this.releases.keys()]),
        collect: () => live(() => []),
      },
      report: (report) => live(() => void this.reports.push(report)),
      start: (release, id, signal) => live(() => this.#start(release.number, id, signal)),
      adopt: (id) => live(() => (this.processes.get(id)?.alive === true ? this.#instance(id) : undefined)),
      verify: ({ release }) =>
        live(async () => {
          await this.clock.pass(10)
          return this.behaviours.get(release.number)?.verify ?? []
        }),
      judge: ({ pair, kind }) =>
        live(async () => {
          await this.clock.pass(5)
          const { judge = 'pass', bake = 'pass' } = this.behaviours.get(pair.release.number) ?? {}
          const verdict = kind === 'bake' ? bake : judge
          return { verdict, findings: [{ name: 'errors', verdict, text: `errors ${verdict}` }] }
        }),
      runCommand: (_command, env) =>
        live(async () => {
          await this.clock.pass(10)
          const code = this.behaviours.get(Number(env['HOTLANE_RELEASE']))?.command ?? 0
          return { exit: { code, signal: null }, output: '' }
        }),
      portInUse: (error) => (error instanceof HotlaneError && error.code === 'HL4005' ? 8080 : undefined),
      newInstanceId: () => `shop-${++this.#ids}`,
      emit: (body) => void this.events.push({ ...body, seq: this.events.length, at: '' }),
      clock: this.clock,
      now: new AbortController().signal,
    }
  }

  async #start(release: number, id: string, signal: AbortSignal): Promise<Instance> {
    const { start, startMs = 50 } = this.behaviours.get(release) ?? {}
    const process: Process = { id, release, port: 10_000 + this.processes.size, alive: true, ready: false }
    const others = this.running.length
    this.processes.set(id, process)
    await this.clock.until(this.clock.now() + startMs, signal)
    const code = signal.aborted || !process.alive ? 'gone' : start === 'fails' ? 'HL4001' : undefined
    if (code !== undefined || (start === 'port taken' && others > 0)) {
      process.alive = false
      signal.throwIfAborted()
      throw new HotlaneError(code === undefined ? 'HL4005' : 'HL4001', {
        params: { service: 'shop', how: 'exit code 1' },
      })
    }
    process.ready = true
    return this.#instance(id)
  }

  #instance(id: string): Instance {
    const process = this.processes.get(id)
    if (process === undefined) throw new Error(`there is no process ${id}`)
    const exited = new Promise<Exit>((resolve) => {
      if (!process.alive) resolve({ code: null, signal: null })
      this.#exits.set(id, [...(this.#exits.get(id) ?? []), resolve])
    })
    return {
      id,
      pid: process.port,
      release: process.release,
      host: '127.0.0.1',
      port: process.port,
      portFixed: false,
      readyMs: 50,
      exited,
      ports: () => Promise.resolve(1),
      lastOutput: () => '',
      stop: async () => {
        if (process.alive) this.#checkUnrouted(id, 'stopped')
        await this.clock.pass(10)
        this.#end(id, { code: 0, signal: 'SIGTERM' })
        return { exit: { code: 0, signal: null }, killed: false }
      },
    }
  }

  #end(id: string, exit: Exit): void {
    const process = this.processes.get(id)
    if (process !== undefined) process.alive = false
    for (const tell of this.#exits.get(id) ?? []) tell(exit)
  }

  #checkUnrouted(target: string, what: string): void {
    const routed = this.table?.lanes.some(
      ({ state }) => state.kind === 'serve' && state.targets.some(({ id }) => id === target),
    )
    if (routed === true) this.violations.push(`${target} was ${what} while it was in the table`)
  }

  #install(parts: EntryParts): void {
    this.table = parts
    this.installs.push(parts)
    for (const { name, state } of parts.lanes) {
      if (state.kind !== 'serve') continue
      for (const { id } of state.targets) {
        const process = this.processes.get(id.replaceAll('~', ''))
        if (process?.ready !== true) this.violations.push(`${id} got traffic in ${name} before it was ready`)
      }
    }
    const [stable] = parts.lanes
    if (this.mustServe && stable.state.kind !== 'serve')
      this.violations.push(`stable did not serve: ${stable.state.why}`)
    if (this.mustServe && stable.state.kind === 'serve') {
      const alive = stable.state.targets.some(({ id }) => this.processes.get(id.replaceAll('~', ''))?.alive)
      if (!alive) this.violations.push('stable served by nothing that runs')
    }
  }

  #readings(): readonly LaneReading[] {
    const counters = {
      requests: 100,
      statusClasses: [0, 0, 100, 0, 0, 0] as const,
      lost: 0,
      heldTotal: 0,
      held: 0,
      inFlight: 0,
      retried: 0,
      resets: 0,
      streams: 0,
      bytesIn: 0,
      bytesOut: 0,
    }
    return (this.table?.lanes ?? []).map(({ name }) => ({
      service: 'shop',
      lane: name,
      counters,
      latency: { counts: new Float64Array() },
    }))
  }
}

export interface Control {
  readonly runner: Runner
  readonly ledger: Ledger
  readonly run: () => Promise<void>
  /** Ends it in good order; instances go on. */
  readonly stop: () => void
  /** As kill -9. */
  readonly kill: () => void
}
