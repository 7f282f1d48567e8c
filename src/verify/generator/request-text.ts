import type { LoadStep } from '../../model/verify.ts'
import type { Plan } from '../plan.ts'

/**
 * Makes the heads of the requests of a step (RFC 9112 section 3): all but the id is put together once. A body of a known text
 * follows the head at once.
 */
export function requestText(step: LoadStep, plan: Plan): (n: number, fresh: boolean) => string {
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
  const lines = [...fields].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const before = `${step.method} ${step.path} HTTP/1.1\r\n${lines}`
  const body = step.body.kind === 'text' ? Buffer.from(step.body.text).toString('latin1') : ''
  const [id, after, last] = [
    `${plan.idHeader}: ${plan.run}-`,
    `\r\n\r\n${body}`,
    `\r\nconnection: close\r\n\r\n${body}`,
  ]
  return (n, fresh) => `${before}${id}${n}${fresh ? last : after}`
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text)
}
