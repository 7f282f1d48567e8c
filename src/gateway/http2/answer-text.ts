import { STATUS_CODES } from 'node:http'

import { trailerLines } from './request-text.ts'

/** An answer's head of HTTP/2 as one of HTTP/1.1. */
export interface AnswerText {
  readonly text: string
  /** The body has to come in chunks, for its length is not known. */
  readonly chunked: boolean
}

/** `fields` is flat, with `:status` first; `ends`: nothing comes behind the head. */
export function answerText(fields: readonly string[], { method, ends }: AnswerContext): AnswerText {
  const at = fields.indexOf(':status')
  const status = Number(fields[at + 1])
  const lines = trailerLines(fields)
  const bodyless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  const chunked = !bodyless && !fields.some((name, index) => index % 2 === 0 && name === 'content-length')
  const coding = chunked ? 'transfer-encoding: chunked\r\n' : ''
  // A stream carries one answer only.
  const close = status < 200 ? '' : 'connection: close\r\n'
  const last = chunked && ends ? '0\r\n\r\n' : ''
  return { text: `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}${coding}${close}\r\n${last}`, chunked }
}

export interface AnswerContext {
  /** Of the request. */
  readonly method: string
  readonly ends: boolean
}
