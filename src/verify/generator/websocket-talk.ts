import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { FrameReader, maskedFrame, opcodes } from './frames.ts'

/** Of every handshake (RFC 6455 section 1.3). */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** "Going away" of a client that leaves (section 7.4.1). */
const leaving = Buffer.from([0x03, 0xe9])

/** The client's part of a WebSocket after its handshake: answers pings, counts messages, sees the end. */
export class WebSocketTalk {
  readonly #socket: Socket
  readonly #frames = new FrameReader()
  #messages = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** What a server answers to a key (section 4.2.2). */
  static acceptOf(key: string): string {
    return createHash('sha1').update(`${key}${guid}`).digest('base64')
  }

  get messages(): number {
    return this.#messages
  }

  /** Takes bytes of the server. `closed`: a close frame came, and was answered. */
  take(bytes: Buffer): 'open' | 'closed' | 'wrong' {
    const frames = this.#frames.read(bytes)
    if (frames === undefined) return 'wrong'
    for (const { opcode, fin, payload } of frames) {
      if (opcode === opcodes.ping) this.#socket.write(maskedFrame(opcodes.pong, payload))
      else if (opcode === opcodes.close) {
        this.#socket.write(maskedFrame(opcodes.close, payload.subarray(0, 2)))
        return 'closed'
      } else if (opcode < opcodes.close && fin) this.#messages++
    }
    return 'open'
  }

  close(): void {
    if (this.#socket.writable) this.#socket.write(maskedFrame(opcodes.close, leaving))
  }
}
