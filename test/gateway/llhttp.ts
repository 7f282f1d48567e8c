import { createRequire } from 'node:module'

/** A message as a parser understood it. */
export interface Understood {
  /** Method and target, or status. */
  readonly start: string
  /** Without its framing. */
  readonly body: string
}

export interface Reading {
  /** Messages that were read to their end. */
  readonly messages: readonly Understood[]
  /** Behind them something came that is no message. */
  readonly rejected: boolean
}

export type Kind = 'request' | 'answer'

interface Parser {
  initialize(type: number, resource: object): void
  execute(bytes: Buffer): number | Error
  finish(): number | Error | undefined
  [callback: number]: unknown
}

interface ParserClass {
  new (): Parser
  readonly REQUEST: number
  readonly RESPONSE: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}

// The parser of node:http, as it is set up there: strict. A server around it would cost a hundred times as much per case.
const common = createRequire(import.meta.url)('_http_common') as {
  readonly HTTPParser: ParserClass
  readonly methods: readonly string[]
}

/** Reads a stream of messages with llhttp, in strict mode, up to the end of the connection. */
export function readWithLlhttp(kind: Kind, bytes: Buffer): Reading {
  const { HTTPParser, methods } = common
  const parser = new HTTPParser()
  parser.initialize(kind === 'request' ? HTTPParser.REQUEST : HTTPParser.RESPONSE, {})
  const messages: Understood[] = []
  let start = ''
  let target = ''
  let body = ''
  let upgraded = false
  parser[HTTPParser.kOnHeaders] = (_fields: unknown, url: string) => (target += url)
  parser[HTTPParser.kOnHeadersComplete] = (...told: readonly unknown[]) => {
    const [, , , method, url, status] = told
    start =
      kind === 'request'
        ? `${methods[Number(method)] ?? ''} ${target}${typeof url === 'string' ? url : ''}`
        : String(status)
    upgraded = told[7] === true
    body = ''
    return 0
  }
  parser[HTTPParser.kOnBody] = (chunk: Buffer) => (body += chunk.toString('latin1'))
  parser[HTTPParser.kOnMessageComplete] = () => {
    messages.push({ start, body })
    // Told again with the trailers, so it is only known to be old here.
    target = ''
  }
  let result = parser.execute(bytes)
  if (!(result instanceof Error) && !upgraded) result = parser.finish() ?? 0
  // What follows an upgrade is another protocol's, so nothing more is said about it.
  return { messages, rejected: upgraded || result instanceof Error }
}
