import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

import { reportError } from '../../support/errors.ts'
import { createGateway } from '../create.ts'
import { AccessFile, type AccessFileSettings } from './access-file.ts'
import { followLines } from './lines.ts'
import type { Tiding, WorkerSpec } from './messages.ts'
import { newsLine, ofCertificate, type WorkerNews } from './news.ts'
import { NewsBoard } from './news-board.ts'
import { parseRequest } from './parse-request.ts'
import { removeRecord, socketPathOf, writeRecord } from './record.ts'
import { Worker } from './worker.ts'

/** How often figures are told if they have changed: no more than that is lost when a worker is killed. */
const tellMs = 1000

/** Of a worker that is told to end by a signal, since no control is there to ask it. */
const signalGraceMs = 60_000

/** How long the last figures may take on their way to the control. */
const farewellMs = 1000

/** Serves as a gateway worker, started with its spec as JSON. Resolves when it is to exit. */
export async function serveWorker(text: string): Promise<void> {
  const spec = JSON.parse(text) as WorkerSpec
  const { id, directory } = spec
  // Sockets and files are for this user only.
  process.umask(0o077)
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    // The answer to what ended it is written first.
    end = () => void setImmediate(resolve)
  })
  const board = new NewsBoard()
  const spread = (news: WorkerNews): void => {
    process.stderr.write(`${new Date().toISOString()} ${newsLine(news)}\n`)
    board.tell(news)
  }
  const { accessLog, ...options } = spec.options
  const log = accessLog === undefined ? undefined : openAccessFile(accessLog, spread)
  const gateway = createGateway({
    ...options,
    ...(log === undefined ? {} : { accessLog: log }),
    certificateNews: (news) => spread(ofCertificate(news)),
  })
  const worker = new Worker(spec, gateway, end)
  const desk = new Desk(worker, board)
  // Before anybody can ask it for anything: a worker that serves is always listed.
  await writeRecord(directory, id)
  const server = createServer((socket) => desk.seat(socket)).listen(socketPathOf(directory, id))
  await once(server, 'listening')
  process.on('SIGTERM', () => worker.retire(signalGraceMs))
  await ended
  await log?.close()
  await desk.leave(server)
  await removeRecord(directory, id)
}

function openAccessFile(settings: AccessFileSettings, spread: (news: WorkerNews) => void): AccessFile {
  const { file } = settings
  return new AccessFile(settings, (error) => spread({ kind: 'access-log', file, error: reportError(error) }))
}

/** Where a worker's control sits; a newer one takes the seat of an older. */
class Desk {
  readonly #worker: Worker
  readonly #board: NewsBoard
  #seated: Socket | undefined
  #count = 0
  #told = ''

  constructor(worker: Worker, board: NewsBoard) {
    this.#worker = worker
    this.#board = board
    setInterval(() => this.#tellReading(false), tellMs).unref()
  }

  seat(socket: Socket): void {
    const asker = ++this.#count
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (this.#seated !== socket) return
      this.#seated = undefined
      this.#board.follow(undefined)
    })
    if (this.#seated !== undefined) {
      tell(this.#seated, { tell: 'superseded' })
      this.#seated.end()
    }
    this.#seated = socket
    this.#board.follow(undefined)
    followLines(socket, (line) => {
      const request = parseRequest(line)
      const { id } = request
      this.#worker.answer(request, asker).then(
        (ok) => {
          tell(socket, { id, ok: ok ?? null })
          if (request.verb === 'hello' && request.protocol >= 2) this.#bringNews(socket)
        },
        (error: unknown) => tell(socket, { id, error: reportError(error) }),
      )
    })
  }

  /** Tells the last figures, and resolves when they are on their way. */
  async leave(server: Server): Promise<void> {
    server.close()
    const socket = this.#seated
    if (socket === undefined) return
    this.#tellReading(true)
    const closed = once(socket, 'close').catch(() => undefined)
    socket.end()
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, farewellMs))])
  }

  #bringNews(socket: Socket): void {
    if (this.#seated === socket) this.#board.follow((news) => tell(socket, { tell: 'news', news }))
  }

  #tellReading(last: boolean): void {
    const socket = this.#seated
    if (socket === undefined || (!last && socket.writableLength > 0)) return
    const lanes = this.#worker.read()
    const text = JSON.stringify(lanes)
    if (!last && text === this.#told) return
    this.#told = text
    tell(socket, { tell: 'reading', lanes, last })
  }
}

function tell(socket: Socket, tiding: Tiding): void {
  if (socket.writable) socket.write(`${JSON.stringify(tiding)}\n`)
}
