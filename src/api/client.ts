import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import type { Event } from '../model/event.ts'
import type { Status } from '../model/status.ts'
import { errnoOf } from '../support/files.ts'
import { type ErrorReport, HotlaneError, ReportedError } from '../support/errors.ts'

/** Speaks to a running session over its control socket. All calls throw HL7003 where none listens. */
export class ApiClient {
  readonly #socket: string
  readonly #directory: string

  constructor(socket: string, directory: string) {
    this.#socket = socket
    this.#directory = directory
  }

  async status(): Promise<Status> {
    return (await this.#json('GET', '/v1/status')) as Status
  }

  async rebuild(service?: string, signal?: AbortSignal): Promise<Status> {
    const query = service === undefined ? '' : `?service=${encodeURIComponent(service)}`
    return (await this.#json('POST', `/v1/rebuild${query}`, signal)) as Status
  }

  async *events(signal: AbortSignal): AsyncGenerator<Event> {
    const response = await this.#send('GET', '/v1/events', signal)
    for await (const line of createInterface({ input: response })) yield JSON.parse(line) as Event
  }

  async #json(method: string, path: string, signal?: AbortSignal): Promise<unknown> {
    const response = await this.#send(method, path, signal)
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
    const body: unknown = JSON.parse(text)
    if (response.statusCode === 200) return body
    throw new ReportedError(body as ErrorReport)
  }

  async #send(method: string, path: string, signal?: AbortSignal): Promise<IncomingMessage> {
    const sent = request({ socketPath: this.#socket, method, path, ...(signal === undefined ? {} : { signal }) }).end()
    try {
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      return response
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ECONNREFUSED') throw error
      throw new HotlaneError('HL7003', { params: { directory: this.#directory }, cause: error })
    }
  }
}
