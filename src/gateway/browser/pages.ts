import { randomBytes } from 'node:crypto'

import type { RoutingTable } from '../../model/table.ts'
import type { ErrorReport } from '../../support/errors.ts'
import { answer, answerWith } from '../answer.ts'
import type { Exchange } from '../exchange.ts'
import { OwnStream } from '../own-stream.ts'
import { clientScript } from './client.ts'

/** Below it all paths are the gateway's own; none is ever forwarded. */
export const ownPrefix = '/__hotlane/'

interface Stream {
  readonly response: OwnStream
  /** Generation of the page, as it was when the page was answered. */
  readonly generation: number
  /** The page is one of the gateway's own, shown while the service was not served. */
  readonly waiting: boolean
}

interface ServicePages {
  /** Rises with every new release and every reload; a page carries the one under which it was answered. */
  generation: number
  /** Pages of an older generation than this must reload. */
  told: number
  release: number | undefined
  serving: boolean
  error: ErrorReport | undefined
  readonly streams: Set<Stream>
}

/**
 * The open pages of all services. A page asks with its stamp, so a reload that happened before its stream was open, or
 * while it was broken, is told when it connects, and one that the page has had is not told again.
 */
export class Pages {
  /** Tells pages of an earlier hotlane from those of this one. */
  readonly #boot = randomBytes(6).toString('hex')
  readonly #services = new Map<string, ServicePages>()
  #closed = false

  install(table: RoutingTable): void {
    for (const { service, lanes } of table.entries) {
      const pages = this.#at(service)
      const [{ state }] = lanes
      pages.serving = state.kind === 'serve'
      if (state.kind !== 'serve') continue
      if (pages.release !== state.release) pages.generation++
      pages.release = state.release
      for (const stream of pages.streams) if (stream.waiting) this.#tellReload(pages, stream)
    }
  }

  /** URL of the script for a page that is answered now. */
  clientUrl(service: string, page: { readonly waiting: boolean } = { waiting: false }): string {
    const stamp = `${this.#boot}.${this.#at(service).generation}`
    const waiting = page.waiting ? '&waiting=1' : ''
    return `${ownPrefix}client.js?service=${encodeURIComponent(service)}&stamp=${stamp}${waiting}`
  }

  serve(exchange: Exchange): void {
    const { path } = exchange
    if (path === `${ownPrefix}client.js`) return sendScript(exchange)
    const asked = new URLSearchParams(exchange.target.split('?')[1])
    const pages = this.#services.get(asked.get('service') ?? '')
    if (path === `${ownPrefix}events` && pages !== undefined && !this.#closed)
      return this.#connect(exchange, pages, asked)
    answer(exchange, { status: 404, why: `hotlane has nothing at ${path}` })
  }

  reload(service: string): number {
    const pages = this.#at(service)
    const older = [...pages.streams].filter((stream) => stream.generation < pages.generation)
    const switched = pages.generation > pages.told && (older.length > 0 || pages.streams.size === 0)
    if (!switched) pages.generation++
    pages.told = pages.generation
    const told = switched ? older : [...pages.streams]
    for (const stream of told) this.#tellReload(pages, stream)
    return told.length
  }

  showError(service: string, error: ErrorReport | undefined): void {
    const pages = this.#at(service)
    pages.error = error
    for (const { response } of pages.streams) tellError(response, error)
  }

  close(): void {
    this.#closed = true
    for (const { streams } of this.#services.values()) {
      for (const { response } of streams) response.end()
      streams.clear()
    }
  }

  #connect(exchange: Exchange, pages: ServicePages, asked: URLSearchParams): void {
    const [boot, generation] = (asked.get('stamp') ?? '').split('.')
    const response = new OwnStream(exchange, 'text/event-stream')
    const stream: Stream = { response, generation: Number(generation ?? 0), waiting: asked.get('waiting') === '1' }
    response.write('retry: 500\n\n')
    const missed = boot !== this.#boot || stream.generation < pages.told || (stream.waiting && pages.serving)
    if (missed) return this.#tellReload(pages, stream)
    pages.streams.add(stream)
    exchange.gone = () => pages.streams.delete(stream)
    tellError(response, pages.error)
  }

  /** Says also which stamp the page will have, for browsers that show a stored page after a 304. */
  #tellReload(pages: ServicePages, stream: Stream): void {
    pages.streams.delete(stream)
    stream.response.end(`event: reload\ndata: ${this.#boot}.${pages.generation}\n\n`)
  }

  #at(service: string): ServicePages {
    const known = this.#services.get(service)
    if (known !== undefined) return known
    const pages: ServicePages = {
      generation: 0,
      told: 0,
      release: undefined,
      serving: false,
      error: undefined,
      streams: new Set(),
    }
    this.#services.set(service, pages)
    return pages
  }
}

function tellError(response: OwnStream, error: ErrorReport | undefined): void {
  // JSON has no line break outside of its strings, and escapes those inside.
  response.write(error === undefined ? 'event: ok\ndata: ok\n\n' : `event: error\ndata: ${JSON.stringify(error)}\n\n`)
}

function sendScript(exchange: Exchange): void {
  answerWith(exchange, {
    startLine: '200 OK',
    type: 'text/javascript; charset=utf-8',
    lines: 'Cross-Origin-Resource-Policy: same-origin\r\n',
    text: clientScript,
  })
}
