import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2'

import type { Stage } from '../conformance/gateway/stage.ts'

/** What came back on a stream. */
export interface Reply {
  readonly status: number
  /** Of the last head. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly interim: readonly number[]
  readonly body: Buffer
  readonly trailers: Readonly<Record<string, unknown>>
  /** The code with which the stream was closed; 0 where it ended in order. */
  readonly code: number
}

/** A connection of HTTP/2 to the stage, encrypted where its address is. It ends when the gateway says that it does. */
export async function http2To(stage: Stage): Promise<ClientHttp2Session> {
  const { tls } = stage.address
  const session = connect(stage.url, {
    // What it sends counts as well, and uploads are large here.
    maxSessionMemory: 1000,
    ...(tls === undefined ? {} : { ca: readFileSync(tls.cert) }),
  })
  session.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    session.once('connect', () => resolve())
    session.once('error', reject)
  })
  return session
}

/** Resolves when a stream is closed, in whatever way. */
export function replyOf(stream: ClientHttp2Stream): Promise<Reply> {
  return new Promise((resolve) => {
    let headers: Readonly<Record<string, unknown>> = {}
    let trailers: Readonly<Record<string, unknown>> = {}
    const interim: number[] = []
    const parts: Buffer[] = []
    stream.on('response', (got) => (headers = got))
    stream.on('headers', (got) => interim.push(Number(got[':status'])))
    stream.on('trailers', (got) => (trailers = got))
    stream.on('data', (bytes: Buffer) => parts.push(bytes))
    stream.on('error', () => undefined)
    stream.on('close', () =>
      resolve({
        status: Number(headers[':status'] ?? 0),
        headers,
        interim,
        body: Buffer.concat(parts),
        trailers,
        code: stream.rstCode ?? 0,
      }),
    )
  })
}

/** One request with a body that is there at once. */
export function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<Reply> {
  const stream = session.request(headers, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  return replyOf(stream)
}
