import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'

import type { TableEntry } from '../model/table.ts'
import { appendTo } from './browser/append.ts'
import { planReload, type ReloadPlan } from './browser/plan.ts'
import { EventBoundary } from './event-boundary.ts'
import type { Exchange } from './exchange.ts'
import { answerHeaders, fieldOf, fields } from './headers.ts'
import { lingerMs } from './limits.ts'
import type { Claim } from './origin.ts'

export interface Delivery {
  readonly exchange: Exchange
  readonly claim: Claim
  readonly entry: TableEntry
  /** Told in `x-hotlane-release`, if at all. */
  readonly release: number | undefined
  /** URL of the reload client for a page that this origin answers; undefined where none is wanted. */
  readonly client: string | undefined
}

/** Passes an origin's answer to the client as it comes. */
export function deliver(answer: IncomingMessage, upstream: ClientRequest, delivery: Delivery): void {
  const { exchange, claim } = delivery
  const { request, response } = exchange
  const plan = planReload(request, answer, delivery.client)
  sendHead(answer, plan, delivery)
  const body: Readable = plan.kind === 'append' ? appendTo(answer, plan) : answer

  const boundary = isEventStream(answer) && isPlain(answer, plan) ? new EventBoundary() : undefined
  let settled = false
  const settle = (): void => {
    settled = true
    upstream.destroy()
    claim.release()
  }
  const broken = (): void => {
    if (settled) return
    exchange.cut()
    settle()
  }
  claim.end = broken
  claim.stream = isEventStream(answer)
  if (boundary !== undefined) {
    answer.on('data', (chunk: Buffer) => boundary.consume(chunk))
    claim.end = () =>
      afterEvent(answer, boundary, broken, () => {
        answer.unpipe(response)
        response.end()
        settle()
      })
  }
  answer.on('error', broken)
  answer.once('close', () => {
    if (answer.complete) claim.release()
    else broken()
  })
  answer.once('end', () => {
    // The origin has said all; what is left of the request's body is of no use to it.
    if (upstream.writableFinished) return
    request.unpipe(upstream)
    upstream.destroy()
  })
  if (body !== answer) body.on('error', broken)
  body.pipe(response, { end: false })
  body.once('end', () => {
    if (settled || !answer.complete || exchange.over) return
    const trailers = [...fields(answer.rawTrailers)].map(([name, value]) => [name, value] as [string, string])
    if (trailers.length > 0) response.addTrailers(trailers)
    response.end()
  })
}

function sendHead(answer: IncomingMessage, plan: ReloadPlan, { exchange, release }: Delivery): void {
  const { request, response } = exchange
  const status = answer.statusCode ?? 502
  const chunkable = request.httpVersion !== '1.0'
  const headers = answerHeaders(answer.rawHeaders, {
    chunkable,
    status,
    ...(plan.kind === 'append' ? { without: plan.without } : {}),
  })
  if (release !== undefined) headers.push('x-hotlane-release', String(release))
  if (plan.kind === 'append') headers.push(...plan.headers)
  if (plan.kind === 'skip') headers.push('x-hotlane-reload', `skipped; ${plan.reason}`)
  response.sendDate = false
  exchange.countAnswer(status)
  response.writeHead(status, answer.statusMessage ?? '', headers)
  // Node keeps the head back for the first byte of the body; an event stream may not have one for minutes.
  setImmediate(() => {
    if (!exchange.over && !response.writableEnded) response.flushHeaders()
  })
}

function isEventStream(answer: IncomingMessage): boolean {
  return /^text\/event-stream\b/i.test((fieldOf(answer.rawHeaders, 'content-type') ?? '').trim())
}

/** Whether the bytes that pass are the text itself. */
function isPlain(answer: IncomingMessage, plan: ReloadPlan): boolean {
  return plan.kind !== 'append' && fieldOf(answer.rawHeaders, 'content-encoding') === undefined
}

/**
 * Calls `whole` as soon as the last event that was passed on is complete, so that the browser's EventSource connects again
 * and misses nothing but what it can ask for with `Last-Event-ID`; calls `broken` where that takes too long.
 */
function afterEvent(answer: IncomingMessage, boundary: EventBoundary, broken: () => void, whole: () => void): void {
  if (boundary.atBoundary) return whole()
  const timer = setTimeout(broken, lingerMs)
  answer.once('close', () => clearTimeout(timer))
  // Registered after the pipe's own listener, so the chunk has been passed on when this one looks.
  answer.on('data', () => {
    if (!boundary.atBoundary) return
    clearTimeout(timer)
    whole()
  })
}
