import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerReader } from './answer.ts'
import { HeadParser } from './head.ts'

function read(text: string, cuts: readonly number[] = [], withoutBody = false) {
  const reader = new AnswerReader(new HeadParser('x-hotlane-release'))
  let body = ''
  reader.expect(withoutBody, (bytes) => {
    body += bytes.toString('latin1')
  })
  const bytes = Buffer.from(text, 'latin1')
  const edges = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort((a, b) => a - b)
  let used = 0
  for (const [index, edge] of edges.entries()) {
    if (index > 0) {
      const part = bytes.subarray(edges[index - 1], edge)
      used += reader.read(part, part.length)
    }
  }
  return { reader, body, used, state: reader.state }
}

const plain = 'HTTP/1.1 200 OK\r\nX-Hotlane-Release: 7\r\nContent-Length: 5\r\n\r\nhello'
const chunked =
  'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: v\r\n\r\n'

describe('an answer', () => {
  it('is read the same however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.constantFrom(plain, chunked), fc.array(fc.nat(200)), (text, cuts) => {
        const whole = read(text)
        const parts = read(text, cuts)
        expect([parts.state, parts.body, parts.used, parts.reader.bytes]).toEqual([
          'done',
          whole.body,
          text.length,
          text.length,
        ])
        expect(parts.reader.head).toEqual(whole.reader.head)
      }),
    )
  })

  it('tells status, release, and whether the connection can be used again', () => {
    expect(read(plain).reader.head).toMatchObject({ status: 200, release: '7', keeps: true })
    expect(read(plain.replace('X-Hot', 'Connection: close\r\nX-Hot')).reader.head?.keeps).toBe(false)
    expect(read(plain.replace('/1.1', '/1.0')).reader.head?.keeps).toBe(false)
    expect(read(chunked).body).toBe('hello world')
  })

  it('leaves what follows it', () => {
    expect(read(`${plain}more`).used).toBe(plain.length)
    const upgraded = read('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes')
    expect([upgraded.state, upgraded.used]).toEqual(['upgraded', 48])
  })

  it('has no body where HTTP says so', () => {
    expect(read('HTTP/1.1 204 No Content\r\n\r\n').state).toBe('done')
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', [], true).state).toBe('done')
    expect(read('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n').state).toBe('done')
  })

  it('passes over interim answers', () => {
    const result = read(`HTTP/1.1 100 Continue\r\n\r\n${plain}`)
    expect([result.state, result.reader.head?.status]).toEqual(['done', 200])
  })

  it('is whole at the end of the connection only where that is its end', () => {
    expect(read('HTTP/1.1 200 OK\r\n\r\nhel').reader.end()).toBe(true)
    expect(read(plain.slice(0, -1)).reader.end()).toBe(false)
    expect(read(chunked.slice(0, -2)).reader.end()).toBe(false)
    expect(read('HTTP/1.1 200').reader.end()).toBe(false)
  })

  it.each([
    'SMTP ready\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n',
  ])('is malformed: %j', (text) => {
    expect(read(text).state).toBe('malformed')
  })

  it('is read the same whether or not one with that head came before', () => {
    const heads = [
      plain,
      plain.replace(': 7', ': 8'),
      plain.replace('200', '404'),
      `${plain.slice(0, -5).replace('5', '3')}bye`,
    ]
    fc.assert(
      fc.property(fc.array(fc.record({ text: fc.constantFrom(...heads), cut: fc.nat(100) })), (answers) => {
        const reader = new AnswerReader(new HeadParser('x-hotlane-release'))
        const memory = Buffer.alloc(200)
        for (const { text, cut } of answers) {
          reader.expect(false)
          const first = Math.min(cut, text.length)
          // What an earlier read has left behind the end is not part of the answer.
          for (const part of [text.slice(0, first), text.slice(first)]) {
            memory.write(part, 'latin1')
            reader.read(memory, part.length)
          }
          expect([reader.state, reader.bytes]).toEqual(['done', text.length])
          expect(reader.head).toEqual(read(text).reader.head)
        }
      }),
    )
  })

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const reader = new AnswerReader(new HeadParser('x'))
        reader.expect(false)
        expect(reader.read(Buffer.from(bytes), bytes.length)).toBeLessThanOrEqual(bytes.length)
      }),
    )
  })
})
