import type { Arrived, Outflow } from './answer-reader.ts'
import { planReload, type AppendPlan, type ReloadPlan } from './browser/plan.ts'
import { connectionLines } from './connection-lines.ts'
import type { Exchange } from './exchange.ts'
import { editAnswer, uncutFields, upgradeLines } from './http1/edit-answer.ts'
import type { Body } from './http1/body.ts'
import { flatFields } from './http1/field-lines.ts'
import { sortCuts } from './http1/cuts.ts'
import { fieldOf, fields as pairs } from './headers.ts'
import { laneLines } from './lanes/lane-lines.ts'
import { Page } from './page.ts'
import { Recoding } from './recoding.ts'

/** What became of the bytes of an answer that came with its head. */
export interface Delivered {
  /** Where the body's bytes end that have been passed on, or will be by the outflow. */
  readonly behind: number
  /** The client takes more. */
  readonly more: boolean
  readonly outflow: Outflow | undefined
}

const chunkedLine = 'Transfer-Encoding: chunked\r\n'

/** Passes the head of an answer on, with the bytes of the body that came with it. */
export function deliver(exchange: Exchange, arrived: Arrived, body: Body): Delivered {
  const { head, source, base, bytes, at, end } = arrived
  let extra = ''
  if (head.textStart !== -1 && !body.done) {
    const type = source.toString('latin1', base + head.textStart, base + head.textEnd)
    if (/^text\/event-stream\b/i.test(type) && isUncoded(arrived)) {
      exchange.streamed = true
      return recode(exchange, arrived, body, true)
    }
    const plan = planFor(exchange, arrived, type)
    if (plan.kind === 'append') return deliverPage(exchange, arrived, body, plan)
    if (plan.kind === 'skip') extra = `x-hotlane-reload: skipped; ${plan.reason}\r\n`
  }
  const chunked = !body.done && head.framing.chunked
  if (!body.done && (body.endsWithConnection ? !exchange.old : chunked && exchange.old))
    return recode(exchange, arrived, body)
  if (body.endsWithConnection) exchange.keepAlive = false
  exchange.chunked = chunked
  const behind = body.read(bytes, at, end)
  exchange.countAnswer(head.status)
  const lines = extra + linesFor(exchange, arrived)
  const { slab } = exchange.client.plane
  const more = exchange.send(
    editAnswer(head, source, base, { slab, lines, body: bytes, bodyStart: at, bodyEnd: behind }),
  )
  return { behind, more, outflow: undefined }
}

/** Interim answers are for clients that know them, and may be left out (RFC 9110 section 15.2). */
export function passInterim(exchange: Exchange, { head, source, base }: Arrived): void {
  if (exchange.old || exchange.client.front !== exchange) return
  exchange.send(
    editAnswer(head, source, base, {
      slab: exchange.client.plane.slab,
      lines: '',
      body: source,
      bodyStart: 0,
      bodyEnd: 0,
    }),
  )
}

/** Fields that the gateway adds to an answer. */
export function linesFor(exchange: Exchange, { head, source, base }: Arrived): string {
  const own = laneLines(exchange) + connectionLines(exchange)
  return head.status === 426 ? own + upgradeLines(head, source, base) : own
}

/** A body whose end the client could not tell is framed anew; chunks are taken off for who does not know them. */
function recode(exchange: Exchange, arrived: Arrived, body: Body, isEvents = false): Delivered {
  const { head, source, base, bytes, at, end } = arrived
  const chunk = !exchange.old && head.framing.length === -1
  if (exchange.old && head.framing.length === -1) exchange.keepAlive = false
  if (head.framing.chunked) {
    head.cuts.push(head.codingStart, head.codingEnd)
    sortCuts(head.cuts)
  }
  exchange.countAnswer(head.status)
  const lines = `${chunk ? chunkedLine : ''}${linesFor(exchange, arrived)}`
  const { slab } = exchange.client.plane
  exchange.send(editAnswer(head, source, base, { slab, lines, body: bytes, bodyStart: 0, bodyEnd: 0 }))
  const outflow = new Recoding(exchange, { chunk, isEvents })
  return { behind: body.read(bytes, at, end, outflow), more: !exchange.client.congested, outflow }
}

function isUncoded({ head, source, base }: Arrived): boolean {
  return fieldOf(uncutFields(head, source, base), 'content-encoding') === undefined
}

function planFor({ entry, client, method, outgoing }: Exchange, arrived: Arrived, type: string): ReloadPlan {
  if (entry?.browserReload !== true || !/^text\/html\b/i.test(type)) return { kind: 'none' }
  const asked = { method, fields: flatFields(outgoing, 0, outgoing.indexOf('\n') + 1) }
  const { head, source, base } = arrived
  const answered = { status: head.status, fields: uncutFields(head, source, base) }
  return planReload(asked, answered, client.plane.pages.clientUrl(entry.service))
}

/** A page that gets the reload client behind its last byte. */
function deliverPage(exchange: Exchange, arrived: Arrived, body: Body, plan: AppendPlan): Delivered {
  const { head, source, base, bytes, at, end } = arrived
  const sized = fieldOf(plan.headers, 'content-length') !== undefined
  const chunk = !sized && !exchange.old
  if (!sized && exchange.old) exchange.keepAlive = false
  let text = `HTTP/1.1${source.toString('latin1', base + 8, base + head.fieldsStart)}`
  for (const [name, value] of pairs(uncutFields(head, source, base))) {
    const key = name.toLowerCase()
    if (!plan.without.has(key) && key !== 'transfer-encoding') text += `${name}: ${value}\r\n`
  }
  for (const [name, value] of pairs(plan.headers)) text += `${name}: ${value}\r\n`
  exchange.countAnswer(head.status)
  exchange.send(Buffer.from(`${text}${chunk ? chunkedLine : ''}${linesFor(exchange, arrived)}\r\n`, 'latin1'))
  const outflow = new Page(exchange, plan, chunk)
  return { behind: body.read(bytes, at, end, outflow), more: true, outflow }
}
