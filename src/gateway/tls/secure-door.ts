import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'

import type { TlsFiles } from '../../model/service.ts'
import type { CertificatePair } from '../../support/certificate.ts'
import { Certificate, type CertificateNews } from './certificate.ts'

export interface DoorOptions {
  /** Until a connection has to be encrypted. */
  readonly handshakeMs: number
  /** A connection is encrypted; `raw` is what carries it. */
  readonly entered: (socket: TLSSocket, raw: Socket) => void
  readonly told: (news: CertificateNews) => void
}

/** Makes encrypted connections of accepted ones. It listens nowhere itself. */
export class SecureDoor implements Disposable {
  readonly #server: Server
  readonly #certificate: Certificate
  /** Connections by the address and port of their peer. */
  readonly #raw = new Map<string, Socket>()

  /** @throws HotlaneError HL1009 */
  constructor(files: TlsFiles, { handshakeMs, entered, told }: DoorOptions) {
    this.#certificate = new Certificate(files, {
      renewed: (pair) => this.#server.setSecureContext(contextOf(pair)),
      told,
    })
    this.#server = createServer({
      ...contextOf(this.#certificate.pair),
      ALPNProtocols: ['h2', 'http/1.1'],
      allowHalfOpen: true,
      handshakeTimeout: handshakeMs,
    })
    this.#server.on('secureConnection', (socket) => {
      const raw = this.#raw.get(keyOf(socket))
      if (raw === undefined) socket.destroy()
      else entered(socket, raw)
    })
    // Who cannot agree on a cipher, or hangs up while it tries, is no client of anybody's.
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  accept(raw: Socket): void {
    const key = keyOf(raw)
    this.#raw.set(key, raw)
    raw.once('close', () => this.#raw.delete(key))
    raw.on('error', () => raw.destroy())
    this.#server.emit('connection', raw)
  }

  /** Cuts connections that are not encrypted yet, and all others too. */
  destroy(): void {
    for (const raw of this.#raw.values()) raw.destroy()
  }

  [Symbol.dispose](): void {
    this.#certificate[Symbol.dispose]()
  }
}

/** TLS 1.2 is the least (RFC 9325 section 3.1.1); ciphers are node's. */
function contextOf({ cert, key }: CertificatePair) {
  return { cert, key, minVersion: 'TLSv1.2' } as const
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
