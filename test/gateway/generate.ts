import type { Kind } from './llhttp.ts'

/** Numbers from 0 to before `below`, the same for the same seed (xorshift, 32 bits). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) | 1
  }

  roll(below: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % below
  }

  pick<T>(among: readonly [T, ...T[]]): T {
    return among[this.roll(among.length)] ?? among[0]
  }
}

const methods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', 'get', 'G T', ''] as const
const targets = ['/', '/a?b=c', '*', 'http://a.test/x', '/%00', '/\u00e9', '/a b', '//', '', '/#f'] as const
const versions = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'http/1.1',
  'HTTP/11',
  '',
] as const
const statuses = [
  '200 OK',
  '204 No Content',
  '304 Not Modified',
  '100 Continue',
  '404',
  '299 ',
  '99 X',
  '2000 X',
] as const
const lines = [
  'Host: a.test',
  'Content-Length: 0',
  'Content-Length: 3',
  'Content-Length: 5',
  'content-length: +3',
  'Content-Length: 3, 3',
  'Content-Length: 0x3',
  'Content-Length:',
  'Content-Length : 3',
  'Content-Length: 3 ',
  'Content_Length: 3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked',
  'transfer-encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\u000bchunked',
  'Transfer-Encoding: chunked\u0000',
  ' Transfer-Encoding: chunked',
  'Transfer-Encoding\t: chunked',
  'X: y',
  'X: y\n z',
  'X: a\rTransfer-Encoding: chunked',
  'Connection: close',
  'Connection: keep-alive, Content-Length, Transfer-Encoding',
  'Expect: 100-continue',
  ': empty',
  'no colon',
  'Trailer: X',
  'Connection: Upgrade\r\nUpgrade: websocket',
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA',
] as const
const bodies = [
  '',
  'abc',
  'abcde',
  '0\r\n\r\n',
  '3\r\nabc\r\n0\r\n\r\n',
  '3\r\nabc\r\n0\r\nX: 1\r\n\r\n',
  '3;x=y\r\nabc\r\n0\r\n\r\n',
  '3 \r\nabc\r\n0\r\n\r\n',
  '03\r\nabc\r\n00\r\n\r\n',
  '0x3\r\nabc\r\n0\r\n\r\n',
  '3\nabc\n0\n\n',
  '3\r\nabcX\r\n0\r\n\r\n',
  'FFFFFFFFFFFFFFFF1\r\nabc\r\n0\r\n\r\n',
  '3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n',
  '-3\r\nabc\r\n0\r\n\r\n',
  '\r\n',
] as const
const inserts = [
  '\r',
  '\n',
  '\0',
  ' ',
  '\t',
  ':',
  '\u000b',
  '\u007f',
  '\u00ff',
  ',',
  ';',
  '0',
  '\r\n',
  '\r\n\r\n',
] as const

/** A few messages in a row, some of them broken in ways that parsers are known to differ about. */
export function messagesFrom(dice: Dice, kind: Kind): Buffer {
  let text = ''
  const count = 1 + dice.roll(3)
  for (let index = 0; index < count; index++) text += messageFrom(dice, kind)
  const mutations = dice.roll(4) === 0 ? 0 : dice.roll(3)
  for (let index = 0; index < mutations; index++) text = mutate(dice, text)
  return Buffer.from(text, 'latin1')
}

function messageFrom(dice: Dice, kind: Kind): string {
  const odd = dice.roll(4) === 0
  const target = odd ? dice.pick(targets) : '/'
  const version = odd ? dice.pick(versions) : 'HTTP/1.1'
  const method = odd ? dice.pick(methods) : dice.pick(['GET', 'POST'])
  const start = kind === 'request' ? `${method} ${target} ${version}` : `${version} ${dice.pick(statuses)}`
  const fields = dice.roll(8) === 0 || kind === 'answer' ? [] : ['Host: a.test']
  const framing = dice.roll(4)
  if (framing === 1) fields.push('Content-Length: 3')
  if (framing === 2) fields.push('Transfer-Encoding: chunked')
  const more = dice.roll(3)
  for (let index = 0; index < more; index++) fields.push(dice.roll(3) === 0 ? dice.pick(lines) : 'X: y')
  const matching = ['', 'abc', '3\r\nabc\r\n0\r\n\r\n'][framing] ?? ''
  const body = dice.roll(3) === 0 ? dice.pick(bodies) : matching
  const end = dice.roll(20) === 0 ? '\n' : '\r\n'
  return [start, ...fields, '', ''].join(end) + body
}

function mutate(dice: Dice, text: string): string {
  const at = dice.roll(text.length + 1)
  switch (dice.roll(4)) {
    case 0:
      return text.slice(0, at) + dice.pick(inserts) + text.slice(at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + dice.roll(3))
    case 2:
      return text.slice(0, at) + String.fromCharCode(dice.roll(256)) + text.slice(at + 1)
    default: {
      const from = dice.roll(text.length + 1)
      return text.slice(0, at) + text.slice(from, from + dice.roll(40)) + text.slice(at)
    }
  }
}
