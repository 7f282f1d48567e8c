import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import type { LoadMessages } from '../../model/verify.ts'
import type { Outcome } from '../outcome.ts'
import { Dialogue } from './dialogue.ts'
import { type Frame, FrameReader, maskedFrame, opcodes } from './frames.ts'

/** Of every handshake (RFC 6455 section 1.3). */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** "Going away" of a client that leaves (section 7.4.1). */
const leaving = Buffer.from([0x03, 0xe9])

/**
 * "Going away" (section 7.4.1) and "service restart" (IANA, WebSocket close code numbers): the client is told to come back,
 * and so knows that what had no answer may not have been read.
 */
const comeBack: ReadonlySet<number> = new Set([1001, 1012])

/** The client's part of a WebSocket after its handshake: sends what a plan says, answers pings, sees the end. */
export class WebSocketTalk {
  readonly #socket: Socket
  readonly #frames = new FrameReader()
  readonly #dialogue: Dialogue | undefined
  readonly #timer: NodeJS.Timeout | undefined
  #parts: Buffer[] = []

  /** Sends the first message at once. */
  constructor(socket: Socket, messages: LoadMessages | undefined) {
    this.#socket = socket
    if (messages === undefined) return
    this.#dialogue = new Dialogue(messages)
    this.#timer = setInterval(this.#say, messages.everyMs)
    this.#say()
  }

  /** What a server answers to a key (section 4.2.2). */
  static acceptOf(key: string): string {
    return createHash('sha1').update(`${key}${guid}`).digest('base64')
  }

  get sent(): number {
    return this.#dialogue?.sent ?? 0
  }

  get answered(): number {
    return this.#dialogue?.answered ?? 0
  }

  /** When the oldest message that needs an answer was sent, by `performance.now()`; undefined where none does. */
  get waitingSince(): number | undefined {
    return this.#dialogue?.waitingSince
  }

  /** Takes bytes of the server. Returns how it has ended, as soon as it has. */
  take(bytes: Buffer): Outcome | undefined {
    const frames = this.#frames.read(bytes)
    if (frames === undefined) return 'malformed'
    for (const frame of frames) {
      const outcome = this.#takeFrame(frame)
      if (outcome !== undefined) return outcome
    }
    return undefined
  }

  /** Sends no more messages; answers may come. */
  hush(): void {
    clearInterval(this.#timer)
  }

  close(): void {
    this.hush()
    if (this.#socket.writable) this.#socket.write(maskedFrame(opcodes.close, leaving))
  }

  readonly #say = (): void => {
    if (this.#dialogue === undefined || !this.#socket.writable) return
    this.#socket.write(maskedFrame(opcodes.text, Buffer.from(this.#dialogue.next(performance.now()))))
  }

  #takeFrame({ opcode, fin, payload }: Frame): Outcome | undefined {
    if (opcode === opcodes.ping) this.#socket.write(maskedFrame(opcodes.pong, payload))
    else if (opcode === opcodes.close) {
      this.#socket.write(maskedFrame(opcodes.close, payload.subarray(0, 2)))
      const told = payload.length >= 2 && comeBack.has(payload.readUInt16BE(0))
      return told || this.waitingSince === undefined ? 'ok' : 'cut'
    } else if (opcode < opcodes.close && this.#dialogue !== undefined)
      return this.#takePart(this.#dialogue, payload, fin)
    return undefined
  }

  /** A message may come in several frames (section 5.4). */
  #takePart(dialogue: Dialogue, payload: Buffer, fin: boolean): Outcome | undefined {
    this.#parts.push(payload)
    if (!fin) return undefined
    const text = Buffer.concat(this.#parts).toString()
    this.#parts = []
    return dialogue.take(text) ? undefined : 'content'
  }
}
