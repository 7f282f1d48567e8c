import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type ErrorReport, HotlaneError, ReportedError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'

/** Where a session's API is: its socket, told with the project that it serves, or an address that wants a token. */
export type ApiPlace =
  | { readonly socket: string; readonly directory: string }
  | { readonly url: URL; readonly token: string }

export interface Asked {
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Asks a session's API. Every call throws HL7003 where none listens, HL7007 where it breaks off, and what the API reports. */
export class ApiConnection {
  readonly #place: ApiPlace

  constructor(place: ApiPlace) {
    this.#place = place
  }

  async value(method: 'GET' | 'POST', path: string, asked: Asked = {}): Promise<unknown> {
    const response = await this.#send(method, path, asked)
    const body = await this.#whole(response)
    if (response.statusCode === 200) return body
    throw new ReportedError(body as ErrorReport)
  }

  /**
   * Lines of JSON until the session ends them, or ends itself, which breaks them off. Resolves when the session has begun to
   * tell. An error that is told in their midst is thrown.
   */
  async open(method: 'GET' | 'POST', path: string, asked: Asked = {}): Promise<AsyncGenerator> {
    const response = await this.#send(method, path, asked)
    if (response.statusCode !== 200) throw new ReportedError((await this.#whole(response)) as ErrorReport)
    return valuesOf(response, asked.signal)
  }

  /** As `open`, asked for when the first line is. */
  async *lines(method: 'GET' | 'POST', path: string, asked: Asked = {}): AsyncGenerator {
    yield* await this.open(method, path, asked)
  }

  async #whole(response: IncomingMessage): Promise<unknown> {
    let text = ''
    try {
      for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
      return JSON.parse(text)
    } catch (cause) {
      throw this.#broken(cause)
    }
  }

  async #send(method: string, path: string, { body, signal }: Asked): Promise<IncomingMessage> {
    const place = this.#place
    const to =
      'socket' in place
        ? { socketPath: place.socket }
        : {
            host: place.url.hostname.replace(/^\[(.*)\]$/, '$1'),
            port: place.url.port === '' ? 80 : place.url.port,
            headers: { authorization: `Bearer ${place.token}` },
          }
    const sent = request({ ...to, method, path, agent: false, ...(signal === undefined ? {} : { signal }) })
    sent.end(body === undefined ? undefined : JSON.stringify(body))
    try {
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      return response
    } catch (error) {
      if (signal?.aborted === true) throw error
      throw this.#broken(error)
    }
  }

  #broken(cause: unknown): unknown {
    const place = this.#place
    const errno = errnoOf(cause)
    if ('socket' in place && (errno === 'ENOENT' || errno === 'ECONNREFUSED')) {
      return new HotlaneError('HL7003', { params: { directory: place.directory }, cause })
    }
    const where = 'socket' in place ? place.socket : place.url.origin
    const reason = errno ?? (cause instanceof Error ? cause.message : String(cause))
    return new HotlaneError('HL7007', { params: { where, reason }, cause })
  }
}

async function* valuesOf(response: IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator {
  for await (const line of linesOf(response, signal)) {
    const value = JSON.parse(line) as unknown
    if (isFailure(value)) throw new ReportedError(value.error)
    yield value
  }
}

async function* linesOf(response: IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<string> {
  let rest = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    if (signal?.aborted === true || errnoOf(error) !== 'ECONNRESET') throw error
  }
}

function isFailure(value: unknown): value is { readonly error: ErrorReport } {
  if (typeof value !== 'object' || value === null) return false
  return 'error' in value && Object.keys(value).length === 1
}
