import { Transform, type TransformCallback } from 'node:stream'
import zlib from 'node:zlib'

import { Decompress } from 'fzstd'

/** How the body of one content coding is opened, and closed again. */
export interface Coding {
  readonly decoder: () => Transform
  /** Absent where it cannot be written again; the body is then sent as it is, uncoded. */
  readonly encoder?: () => Transform
}

// Flushed at every write, so that what the origin sent at once the client gets at once.
const eager = { flush: zlib.constants.Z_SYNC_FLUSH, level: 4 }
const eagerBrotli = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 },
}

/** The coding of a `Content-Encoding` (RFC 9110 section 8.4); undefined for unknown ones and for several at once. */
export function codingOf(encoding: string): Coding | undefined {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return { decoder: () => zlib.createGunzip(), encoder: () => zlib.createGzip(eager) }
    case 'br':
      return { decoder: () => zlib.createBrotliDecompress(), encoder: () => zlib.createBrotliCompress(eagerBrotli) }
    case 'deflate':
      return { decoder: () => new AnyInflate(), encoder: () => zlib.createDeflate(eager) }
    case 'zstd':
      return { decoder: () => new ZstdDecoder() }
    default:
      return undefined
  }
}

/** `deflate` means the zlib format, but some servers send it raw; the first byte tells which (RFC 1950 section 2.2). */
class AnyInflate extends Transform {
  #inflate: zlib.Inflate | zlib.InflateRaw | undefined

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#inflate ??= this.#open(chunk[0] ?? 0)
    this.#inflate.write(chunk, done)
  }

  override _flush(done: TransformCallback): void {
    if (this.#inflate === undefined) return done()
    this.#inflate.once('end', () => done())
    this.#inflate.end()
  }

  #open(first: number): zlib.Inflate | zlib.InflateRaw {
    const inflate = (first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()
    inflate.on('data', (data: Buffer) => this.push(data))
    inflate.once('error', (error) => this.destroy(error))
    return inflate
  }
}

/** Node 20 has no zstd; this library opens it, and nothing small can write it. */
class ZstdDecoder extends Transform {
  readonly #stream = new Decompress((data) => {
    if (data.length > 0) this.push(Buffer.from(data))
  })

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#attempt(() => this.#stream.push(new Uint8Array(chunk)), done)
  }

  override _flush(done: TransformCallback): void {
    this.#attempt(() => this.#stream.push(new Uint8Array(0), true), done)
  }

  #attempt(step: () => unknown, done: TransformCallback): void {
    try {
      step()
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
