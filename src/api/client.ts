import type { Event } from '../model/event.ts'
import type { Status } from '../model/status.ts'
import { ApiConnection, type ApiPlace } from './connection.ts'
import type { SessionView } from './session.ts'

/** Asks what any running session answers. All calls throw as `ApiConnection` does. */
export class ApiClient {
  readonly #connection: ApiConnection

  constructor(place: ApiPlace) {
    this.#connection = new ApiConnection(place)
  }

  async session(signal?: AbortSignal): Promise<SessionView> {
    return (await this.#connection.value('GET', '/v1/session', { signal })) as SessionView
  }

  async status(): Promise<Status> {
    return (await this.#connection.value('GET', '/v1/status')) as Status
  }

  /** @throws HotlaneError HL7005 where `hotlane up` answers */
  async rebuild(service?: string, signal?: AbortSignal): Promise<Status> {
    const query = service === undefined ? '' : `?service=${encodeURIComponent(service)}`
    return (await this.#connection.value('POST', `/v1/rebuild${query}`, { signal })) as Status
  }

  /** Events from now on, none missed once it resolves. */
  async subscribe(signal: AbortSignal): Promise<AsyncGenerator<Event>> {
    return (await this.#connection.open('GET', '/v1/events', { signal })) as AsyncGenerator<Event>
  }

  events(signal: AbortSignal): AsyncGenerator<Event> {
    return this.#connection.lines('GET', '/v1/events', { signal }) as AsyncGenerator<Event>
  }
}
