import { createServer, type Server, type Socket } from 'node:net'

import type { ListenAddress, TlsFiles } from '../model/service.ts'
import { listenerKey } from '../model/table.ts'
import { acceptInto, type ReadBytes } from './accept.ts'
import { ClientConnection, type Peer } from './client-connection.ts'
import type { Crowd } from './crowd.ts'
import { ClientSession } from './http2/client-session.ts'
import { listenError } from './listen-error.ts'
import { plainAddress } from './peer.ts'
import { PlainWire } from '../support/wire/plain-wire.ts'
import type { Plane } from './plane.ts'
import type { CertificateNews } from './tls/certificate.ts'
import { makeDevelopmentCertificate } from './tls/development.ts'
import { SecureDoor } from './tls/secure-door.ts'

/** What all listeners of a gateway share. */
export interface Surroundings {
  readonly plane: Plane
  /** Whether what a peer says about earlier hops is believed. */
  readonly trusts: (address: string) => boolean
  readonly crowd: Crowd
  readonly certificateNews: (news: CertificateNews) => void
}

/** One public address, and the connections that came in by it. */
export class Listener {
  readonly plane: Plane
  readonly asked: ListenAddress
  /** One for each connection of HTTP/1.1, and one for each stream of HTTP/2. */
  readonly connections = new Set<ClientConnection>()
  readonly sessions = new Set<ClientSession>()
  readonly #server: Server
  readonly #trusts: (address: string) => boolean
  readonly #crowd: Crowd
  readonly #certificateNews: (news: CertificateNews) => void
  #door: SecureDoor | undefined
  #keys: readonly string[] = []
  #listening = false
  #retired = false

  constructor(asked: ListenAddress, { plane, trusts, crowd, certificateNews }: Surroundings) {
    this.asked = asked
    this.plane = plane
    this.#trusts = trusts
    this.#crowd = crowd
    this.#certificateNews = certificateNews
    this.#server = createServer({ allowHalfOpen: true })
  }

  /** Names by which the table may call it: as asked for, and with the port that it got. */
  get keys(): readonly string[] {
    return this.#keys
  }

  get listening(): boolean {
    return this.#listening
  }

  /** Kept connections wait for a further request, to be answered and closed, though no more is accepted. */
  get retired(): boolean {
    return this.#retired
  }

  /**
   * With a descriptor, accepts from that socket.
   * @throws HotlaneError HL5001; HL1009 where its certificate cannot be used
   */
  async open(descriptor?: number): Promise<ListenAddress> {
    const { host, port, tls } = this.asked
    if (tls?.development === true && (await makeDevelopmentCertificate(tls)))
      this.#certificateNews({ files: tls, made: true })
    if (tls !== undefined) this.#door = this.#secure(tls)
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(descriptor === undefined ? { host, port } : { fd: descriptor }, () => {
        this.#server.off('error', reject)
        resolve()
      })
    }).catch((cause: unknown) => {
      this.#door?.[Symbol.dispose]()
      throw listenError(this.asked, cause)
    })
    this.#listening = true
    if (this.#door === undefined)
      acceptInto(this.#server, { buffer: this.plane.readBuffer, accepted: (socket) => this.#accepted(socket) })
    else this.#server.on('connection', (raw: Socket) => this.#acceptSecurely(raw))
    const bound = this.#server.address()
    const actual = { ...this.asked, port: bound === null || typeof bound === 'string' ? port : bound.port }
    this.#keys = [...new Set([listenerKey(this.asked), listenerKey(actual)])]
    return actual
  }

  /** Accepts no more; connections without a request are closed, the others after their request. */
  shut(): void {
    if (this.#listening) this.#server.close()
    else if (!this.#retired) return
    this.#listening = false
    this.#retired = false
    this.#door?.[Symbol.dispose]()
    for (const session of this.sessions) session.end()
    for (const connection of this.connections) if (connection.idle) connection.end()
  }

  /** Accepts no more; every connection goes on until its next answer, or as long as its client was told. */
  retire(): void {
    if (!this.#listening) return
    this.#listening = false
    this.#retired = true
    this.#server.close()
    this.#door?.[Symbol.dispose]()
    // They cannot be told with an answer to go elsewhere, but at once: what was not begun is sent again there.
    for (const session of this.sessions) session.end()
  }

  /** Closes every connection as soon as what waits to be sent is sent. Resolves when all are closed, or after `graceMs`. */
  async destroy(graceMs: number): Promise<void> {
    const sockets = [...this.connections, ...this.sessions].map(({ socket }) => socket)
    const open = sockets.filter(({ destroyed }) => !destroyed)
    const closed = Promise.all(open.map((socket) => new Promise<void>((resolve) => void socket.once('close', resolve))))
    for (const { socket } of this.connections) socket.destroySoon()
    for (const session of this.sessions) session.end()
    if (open.length > 0) await withinOrSo(closed, graceMs)
    for (const socket of open) socket.destroy()
    this.#door?.destroy()
  }

  /** Ends what has waited for long enough. */
  expire(now: number): void {
    for (const one of this.connections) if (one.deadline !== 0 && one.deadline < now) one.expire()
    for (const one of this.sessions) if (one.deadline !== 0 && one.deadline < now) one.expire()
  }

  forget(connection: ClientConnection): void {
    this.connections.delete(connection)
  }

  forgetSession(session: ClientSession): void {
    this.sessions.delete(session)
  }

  #secure(files: TlsFiles): SecureDoor {
    return new SecureDoor(files, {
      handshakeMs: this.plane.timeouts.headMs,
      told: this.#certificateNews,
      entered: (socket, raw) => {
        const peer = this.#peerOf(raw)
        if (socket.alpnProtocol === 'h2') return this.#speakHttp2(socket, peer)
        const read = this.#carry(socket, { ...peer, reset: () => raw.resetAndDestroy() })
        socket.on('data', (bytes) => read(bytes.length, bytes))
      },
    })
  }

  #acceptSecurely(raw: Socket): void {
    if (this.#admit(raw)) this.#door?.accept(raw)
  }

  #accepted(socket: Socket): ReadBytes {
    if (!this.#admit(socket)) return () => undefined
    const peer = this.#peerOf(socket)
    return this.#carry(socket, { ...peer, reset: () => socket.resetAndDestroy() }, true)
  }

  /** Counts a connection for as long as it lasts; closes one that is one too many. */
  #admit(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress)
    // What went wrong with a client's connection is told by its close.
    socket.on('error', () => undefined)
    if (!this.#crowd.enter(address)) {
      socket.destroy()
      return false
    }
    socket.once('close', () => this.#crowd.leave(address))
    socket.setNoDelay(true)
    return true
  }

  #peerOf(socket: Socket): Peer {
    const address = plainAddress(socket.remoteAddress)
    return { address, trusted: this.#trusts(address) }
  }

  /** `plain`: no TLS, so clients may begin HTTP/2 by prior knowledge (RFC 9113 section 3.3). */
  #carry(socket: Socket, peer: Peer, plain = false): ReadBytes {
    const drained = (): void => connection.drained()
    const ended = (): void => connection.ended()
    const closed = (): void => connection.closed()
    const speakHttp2 = (bytes: Buffer): void => {
      socket.off('drain', drained).off('end', ended).off('close', closed)
      // The call that brought the bytes has to return before the socket is another's.
      process.nextTick(() => {
        if (socket.destroyed) return
        socket.unshift(bytes)
        this.#speakHttp2(socket, peer)
      })
    }
    const wire = plain ? new PlainWire(socket, { requests: this.plane.writeRequests, drained }) : socket
    const connection = new ClientConnection(this, wire, plain ? { ...peer, speakHttp2 } : peer)
    this.connections.add(connection)
    socket.on('drain', drained).on('end', ended).on('close', closed)
    // What went wrong with a client's connection is told by its close.
    socket.on('error', () => undefined)
    return (length, bytes) => connection.read(bytes, length)
  }

  #speakHttp2(socket: Socket, peer: Peer): void {
    socket.on('error', () => undefined)
    const session = new ClientSession(this, socket, peer)
    this.sessions.add(session)
    if (!this.#listening) session.end()
  }
}

async function withinOrSo(done: Promise<unknown>, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    void done.then(() => clearTimeout(timer)).then(resolve)
  })
}
