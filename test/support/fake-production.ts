import type {
  DeployRequest,
  LogLine,
  LogsRequest,
  ProductionControl,
  ProductionServiceView,
  ProductionStatus,
  ReleaseDifference,
  ReleaseView,
} from '../../src/api/production.ts'
import type { Event, EventBody } from '../../src/model/event.ts'
import type { RolloutReport, RolloutView } from '../../src/model/rollout.ts'
import { HotlaneError } from '../../src/support/errors.ts'
import { Hub } from '../../src/support/hub.ts'

type Change = Partial<{ -readonly [K in keyof RolloutView]: RolloutView[K] }>

export const canary: RolloutView = {
  id: 3,
  service: 'orders',
  strategy: 'canary',
  from: 7,
  to: 8,
  phase: 'prepared',
  steps: 4,
  basisPoints: 0,
  paused: false,
  findings: [],
}

export const report: RolloutReport = {
  rollout: { ...canary, phase: 'complete', basisPoints: 10_000 },
  startedAt: '2025-11-22T12:00:00.000Z',
  finishedAt: '2025-11-22T12:01:02.500Z',
  timings: [
    { name: 'build', ms: 1200 },
    { name: 'start', ms: 80 },
    { name: 'weight 5 %', ms: 30_000 },
    { name: 'bake', ms: 31_220 },
  ],
  reloadDurationMs: 31_400,
  pendingRequests: 3,
  requests: 12_345,
  lost: 0,
  retried: 1,
  held: { count: 0 },
  streamsMoved: 2,
  errorRate: { before: 0.001, during: 0.0012, after: null },
  notDrained: [{ pid: 4711, left: 2 }],
}

/** `hotlane up` without anything behind it: what is asked of it is kept, and a test says how its rollout goes on. */
export class FakeProduction implements ProductionControl {
  readonly asked: unknown[] = []
  readonly #events = new Hub<Event>()
  readonly #logs = new Set<() => void>()
  readonly #services: readonly string[]
  readonly lines: LogLine[] = []
  view: RolloutView | undefined
  /** Thrown by the next command. */
  failure: HotlaneError | undefined
  /** What ends with the session. */
  ending: () => Promise<void> = async () => undefined
  #report: RolloutReport = report
  #seq = 0

  constructor(services: readonly string[] = ['orders', 'auth']) {
    this.#services = services
  }

  readonly subscribe = (subscriber: (event: Event) => void): (() => void) => this.#events.subscribe(subscriber)

  emit(body: EventBody): void {
    this.#events.tell({ ...body, seq: ++this.#seq, at: '2025-11-22T12:00:00.000Z' })
  }

  /** The rollout goes on: its view changes, and that is told. */
  move(change: Change): void {
    this.view = { ...(this.view ?? canary), ...change }
    this.#report = { ...report, rollout: this.view }
    this.emit({ type: 'rollout.phase', service: this.view.service, rollout: this.view })
  }

  write(line: LogLine): void {
    this.lines.push(line)
    for (const wake of this.#logs) wake()
  }

  readonly declared = async (): Promise<readonly string[]> => this.#services

  readonly production = async (): Promise<ProductionStatus> => ({
    pid: process.pid,
    root: '/srv/shop',
    version: '0.1.0',
    workers: [
      { pid: 4001, version: '0.1.0' },
      { pid: 4002, version: '0.1.0' },
    ],
    services: this.#services.map((name) => this.#service(name)),
  })

  readonly deploy = (asked: DeployRequest): Promise<RolloutView> => {
    this.view = { ...canary, service: asked.service }
    return this.#take({ deploy: asked }, asked.service)
  }
  readonly promote = (service: string, full: boolean): Promise<RolloutView> =>
    this.#take({ promote: service, full }, service)
  readonly pause = (service: string): Promise<RolloutView> => this.#take({ pause: service }, service)
  readonly resume = (service: string): Promise<RolloutView> => this.#take({ resume: service }, service)
  readonly abort = (service: string): Promise<RolloutView> => this.#take({ abort: service }, service)
  readonly rollback = (service: string, release?: number): Promise<RolloutView> =>
    this.#take({ rollback: service, release }, service)

  readonly releases = async (service: string): Promise<readonly ReleaseView[]> => {
    this.#known(service)
    return [
      {
        number: 7,
        madeAt: '2025-11-22T11:00:00.000Z',
        artifact: 'a'.repeat(64),
        origin: { kind: 'build' },
        strategy: 'canary',
        state: 'serving',
      },
      {
        number: 8,
        madeAt: '2025-11-22T12:00:00.000Z',
        artifact: 'b'.repeat(64),
        origin: { kind: 'artifact', file: '/tmp/orders' },
        strategy: 'canary',
        state: 'trial',
        note: 'at 5 %',
      },
    ]
  }

  readonly diff = async (service: string, before: number, after: number): Promise<readonly ReleaseDifference[]> => {
    this.#known(service)
    return before === after
      ? []
      : [
          { key: 'artifact.hash', before: 'aaaaaaaaaaaa', after: 'bbbbbbbbbbbb' },
          { key: 'environment.AUTH_URL', after: 'http://127.0.0.1:8081' },
        ]
  }

  readonly report = async (service: string, release: number): Promise<RolloutReport> => {
    this.#known(service)
    this.asked.push({ report: service, release })
    return this.#report
  }

  readonly rollout = async (service: string): Promise<RolloutView | undefined> => {
    this.#known(service)
    return this.view?.service === service ? this.view : undefined
  }

  readonly logs = (asked: LogsRequest, signal: AbortSignal): AsyncIterable<LogLine> => {
    this.asked.push({ logs: asked })
    return this.#tell(asked, signal)
  }

  readonly down = async (): Promise<void> => {
    this.asked.push('down')
    await this.ending()
  }

  /** How many follow the logs now. */
  get followers(): number {
    return this.#logs.size
  }

  async *#tell(asked: LogsRequest, signal: AbortSignal): AsyncGenerator<LogLine> {
    let told = Math.max(0, this.lines.length - asked.lines)
    while (!signal.aborted) {
      const line = this.lines[told]
      if (line !== undefined) {
        told++
        yield line
        continue
      }
      if (!asked.follow) return
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#logs.delete(wake)
          resolve()
        }
        this.#logs.add(wake)
        signal.addEventListener('abort', wake, { once: true })
      })
    }
  }

  async #take(asked: unknown, service: string): Promise<RolloutView> {
    this.#known(service)
    this.asked.push(asked)
    if (this.failure !== undefined) throw this.failure
    return this.view ?? { ...canary, service }
  }

  #known(service: string): void {
    if (this.#services.includes(service)) return
    throw new HotlaneError('HL1007', { params: { name: service, suggestion: '', known: this.#services.join(', ') } })
  }

  #service(name: string): ProductionServiceView {
    const rollout = this.view?.service === name ? this.view : undefined
    return {
      name,
      url: name === 'orders' ? 'http://127.0.0.1:8080/' : 'http://127.0.0.1:8081/',
      serving: 7,
      instances: [
        { lane: 'stable', release: 7, pid: 4242, port: 34_567, state: 'ready', inFlight: 3 },
        ...(rollout === undefined
          ? []
          : [{ lane: 'canary', release: 8, pid: 4343, port: 34_568, state: 'ready' as const, inFlight: 0 }]),
      ],
      lanes: [
        {
          lane: 'stable',
          release: 7,
          basisPoints: 10_000 - (rollout?.basisPoints ?? 0),
          requests: 12_000,
          errors: 12,
          inFlight: 3,
          p99Ms: 12.4,
        },
        ...(rollout === undefined
          ? []
          : [
              {
                lane: 'canary',
                release: 8,
                basisPoints: rollout.basisPoints,
                requests: 600,
                errors: 0,
                inFlight: 0,
                p99Ms: null,
              },
            ]),
      ],
      lost: 0,
      held: 0,
      ...(rollout === undefined ? {} : { rollout }),
    }
  }
}
