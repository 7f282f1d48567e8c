import { randomBytes } from 'node:crypto'

/** A frame of a server: RFC 6455 section 5.2. */
export interface Frame {
  readonly opcode: number
  readonly fin: boolean
  readonly payload: Buffer
}

export const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const

/** Longest payload that is taken for one, in bytes. */
const maxPayload = 16 * 1024 * 1024

/** Cuts bytes into frames. Returns undefined for what is no frame of a server: masked, reserved bits, too long. */
export class FrameReader {
  #held = Buffer.alloc(0)

  /** Whether it stands between two frames. */
  get clean(): boolean {
    return this.#held.length === 0
  }

  read(bytes: Buffer): readonly Frame[] | undefined {
    let rest = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    const frames: Frame[] = []
    for (;;) {
      const found = firstFrame(rest)
      if (found === 'wrong') return undefined
      if (found === 'short') break
      frames.push(found.frame)
      rest = rest.subarray(found.length)
    }
    this.#held = Buffer.from(rest)
    return frames
  }
}

/** A frame of a client, whose payload is masked (section 5.3). */
export function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  if (length < 126) head[1] = 0x80 | length
  else if (length < 65_536) {
    head[1] = 0x80 | 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 0x80 | 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  const mask = randomBytes(4)
  const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
  return Buffer.concat([head, mask, masked])
}

function firstFrame(bytes: Buffer): { readonly frame: Frame; readonly length: number } | 'short' | 'wrong' {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return 'short'
  if ((first & 0x70) !== 0 || (second & 0x80) !== 0) return 'wrong'
  const small = second & 0x7f
  const head = small < 126 ? 2 : small === 126 ? 4 : 10
  if (bytes.length < head) return 'short'
  const size = small < 126 ? small : small === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (size > maxPayload) return 'wrong'
  if (bytes.length < head + size) return 'short'
  const payload = Buffer.from(bytes.subarray(head, head + size))
  return { frame: { opcode: first & 0x0f, fin: (first & 0x80) !== 0, payload }, length: head + size }
}
