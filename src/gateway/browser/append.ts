import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream'

import type { Coding } from './encodings.ts'

export interface Appending {
  /** Absent for a body that is not coded. */
  readonly coding?: Coding
  /** Put after the last byte of the decoded body. */
  readonly tail: Buffer
}

/** The body with a tail, passed on chunk by chunk. An error of the body is an error of the result. */
export function appendTo(body: Readable, { coding, tail }: Appending): Readable {
  const appender = new Appender(tail)
  const stages = [...(coding === undefined ? [] : [coding.decoder()]), appender]
  if (coding?.encoder !== undefined) stages.push(coding.encoder())
  // Errors reach the last stage, to which the reader listens; this callback only keeps them from being thrown as well.
  pipeline([body, ...stages], () => undefined)
  return stages.at(-1) ?? appender
}

class Appender extends Transform {
  readonly #tail: Buffer

  constructor(tail: Buffer) {
    super()
    this.#tail = tail
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    done(null, chunk)
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#tail)
  }
}
