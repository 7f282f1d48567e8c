import type { RolloutReport, RolloutView } from '../model/rollout.ts'
import { ApiConnection, type ApiPlace } from './connection.ts'
import type {
  DeployRequest,
  LogLine,
  LogsRequest,
  ProductionControl,
  ProductionStatus,
  ReleaseDifference,
  ReleaseView,
} from './production.ts'

/** Asks a running `hotlane up`. All calls throw as `ApiConnection` does, and HL7005 where another session answers. */
export class ProductionClient implements ProductionControl {
  readonly #connection: ApiConnection
  readonly #signal: AbortSignal | undefined

  /** `signal`: gives up every call that has no signal of its own; what was asked for goes on. */
  constructor(place: ApiPlace, signal?: AbortSignal) {
    this.#connection = new ApiConnection(place)
    this.#signal = signal
  }

  readonly production = async (): Promise<ProductionStatus> =>
    (await this.#connection.value('GET', '/v1/production', { signal: this.#signal })) as ProductionStatus

  readonly declared = async (): Promise<readonly string[]> =>
    (await this.#connection.value('GET', '/v1/services', { signal: this.#signal })) as readonly string[]

  readonly deploy = ({ service, ...body }: DeployRequest): Promise<RolloutView> =>
    this.#command(service, 'deploy', body)
  readonly promote = (service: string, full: boolean): Promise<RolloutView> =>
    this.#command(service, 'promote', { full })
  readonly pause = (service: string): Promise<RolloutView> => this.#command(service, 'pause', {})
  readonly resume = (service: string): Promise<RolloutView> => this.#command(service, 'resume', {})
  readonly abort = (service: string): Promise<RolloutView> => this.#command(service, 'abort', {})
  readonly rollback = (service: string, release?: number): Promise<RolloutView> =>
    this.#command(service, 'rollback', release === undefined ? {} : { release })

  readonly releases = async (service: string): Promise<readonly ReleaseView[]> =>
    (await this.#ask(service, 'releases')) as readonly ReleaseView[]
  readonly diff = async (service: string, before: number, after: number): Promise<readonly ReleaseDifference[]> =>
    (await this.#ask(service, `diff?before=${before}&after=${after}`)) as readonly ReleaseDifference[]
  readonly report = async (service: string, release: number): Promise<RolloutReport> =>
    (await this.#ask(service, `reports/${release}`)) as RolloutReport
  readonly rollout = async (service: string): Promise<RolloutView | undefined> =>
    ((await this.#ask(service, 'rollout')) as RolloutView | null) ?? undefined

  readonly logs = (asked: LogsRequest, signal: AbortSignal): AsyncIterable<LogLine> => {
    const query = new URLSearchParams(
      Object.entries(asked).map(([key, value]): [string, string] => [key, String(value)]),
    )
    return this.#connection.lines('GET', `/v1/logs?${query.toString()}`, { signal }) as AsyncIterable<LogLine>
  }

  /** Resolves when the session says that all has ended, or its API has ended with the rest. */
  readonly down = async (): Promise<void> => {
    const told = this.#connection.lines('POST', '/v1/down', { body: {}, signal: this.#signal })
    for (let line = await told.next(); line.done !== true; line = await told.next());
  }

  async #command(service: string, verb: string, body: unknown): Promise<RolloutView> {
    return (await this.#connection.value('POST', pathOf(service, verb), { body, signal: this.#signal })) as RolloutView
  }

  #ask(service: string, what: string): Promise<unknown> {
    return this.#connection.value('GET', pathOf(service, what), { signal: this.#signal })
  }
}

function pathOf(service: string, what: string): string {
  return `/v1/services/${encodeURIComponent(service)}/${what}`
}
