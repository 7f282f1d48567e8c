import type { LoadStep } from '../../model/verify.ts'
import type { Wire } from '../../support/wire/wire.ts'
import type { Plan } from '../plan.ts'

/**
 * The heads of the requests of a step (RFC 9112 section 3): all but the id is put together once. A body of a known text
 * follows the head at once.
 */
export class RequestText {
  readonly #before: string
  readonly #after: string
  readonly #last: string
  /** A request for a kept connection, whose number is written anew each time. */
  #bytes = Buffer.alloc(0)
  #digits = 0

  constructor(step: LoadStep, plan: Plan) {
    const body = step.body.kind === 'text' ? Buffer.from(step.body.text).toString('latin1') : ''
    this.#before = `${step.method} ${step.path} HTTP/1.1\r\n${linesOf(step, plan)}${plan.idHeader}: ${plan.run}-`
    this.#after = `\r\n\r\n${body}`
    this.#last = `\r\nconnection: close\r\n\r\n${body}`
  }

  /** `fresh`: the connection is for this request alone. */
  of(n: number, fresh: boolean): string {
    return `${this.#before}${n}${fresh ? this.#last : this.#after}`
  }

  /** The same, sent at once. */
  send(wire: Wire, n: number, fresh: boolean): void {
    if (fresh) {
      wire.write(Buffer.from(this.of(n, true), 'latin1'))
      return
    }
    const digits = digitsOf(n)
    if (digits === this.#digits) this.#number(n)
    else {
      this.#bytes = Buffer.from(this.of(n, false), 'latin1')
      this.#digits = digits
    }
    wire.write(this.#bytes)
    // What waits to be sent must stay as it is.
    if (wire.writableLength > 0) this.#digits = 0
  }

  #number(n: number): void {
    const from = this.#before.length
    let rest = n
    for (let at = from + this.#digits - 1; at >= from; at--) {
      const more = Math.floor(rest / 10)
      this.#bytes[at] = zero + rest - more * 10
      rest = more
    }
  }
}

const zero = 0x30

function digitsOf(n: number): number {
  let digits = 1
  for (let rest = n; rest >= 10; rest = Math.floor(rest / 10)) digits++
  return digits
}

function linesOf(step: LoadStep, plan: Plan): string {
  const fields = new Map<string, string>([['host', plan.target.authority]])
  const add = (headers: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(headers)) fields.set(name.toLowerCase(), value)
  }
  if (step.kind === 'sse') add({ accept: 'text/event-stream', 'cache-control': 'no-cache' })
  if (step.kind === 'websocket') add({ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' })
  if (step.body.kind === 'text' && looksLikeJson(step.body.text)) add({ 'content-type': 'application/json' })
  add(plan.headers)
  add(step.headers)
  if (step.body.kind === 'upload') add({ 'transfer-encoding': 'chunked' })
  else if (step.body.kind === 'text') add({ 'content-length': String(Buffer.byteLength(step.body.text)) })
  else if (!['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(step.method)) add({ 'content-length': '0' })
  return [...fields].map(([name, value]) => `${name}: ${value}\r\n`).join('')
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text)
}
