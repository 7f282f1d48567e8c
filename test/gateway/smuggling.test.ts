import { describe, expect, test } from 'vitest'

import { createGateway } from '../../src/gateway/create.ts'
import { statusOf } from '../conformance/gateway/peer.ts'
import { Stage } from '../conformance/gateway/stage.ts'

const post = (fields: string, body = ''): string => `POST / HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n\r\n${body}`
const smuggled = 'GET /admin HTTP/1.1\r\nHost: a.test\r\n\r\n'
const chunk = `0\r\n\r\n${smuggled}`

/**
 * Requests by which proxies and servers were brought to disagree on where a message ends, or goes: "HTTP Desync Attacks"
 * and "Browser-Powered Desync Attacks" (Kettle), "HTTP Request Smuggling" (Linhart and others), the chunked-extension and
 * line-ending cases of later years, and what RFC 9112 section 11.2 warns of.
 */
const cases: Readonly<Record<string, readonly [status: number, bytes: string]>> = {
  'CL.TE': [400, post('Content-Length: 6\r\nTransfer-Encoding: chunked', chunk)],
  'TE.CL': [400, post('Transfer-Encoding: chunked\r\nContent-Length: 4', `5c\r\n${smuggled}`)],
  'TE.TE with another coding': [400, post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x', chunk)],
  'TE.TE twice': [400, post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', chunk)],
  'TE in a list': [400, post('Transfer-Encoding: x, chunked', chunk)],
  'TE with a prefix': [400, post('Transfer-Encoding: xchunked', chunk)],
  'TE quoted': [400, post('Transfer-Encoding: "chunked"', chunk)],
  'TE behind a vertical tab': [400, post('Transfer-Encoding:\u000bchunked', chunk)],
  'TE with a space in the name': [400, post('Transfer-Encoding : chunked', chunk)],
  'TE behind a space': [400, post(' Transfer-Encoding: chunked', chunk)],
  'TE on a folded line': [400, post('Transfer-Encoding:\r\n chunked', chunk)],
  'TE behind a bare LF': [400, post('X: y\nTransfer-Encoding: chunked', chunk)],
  'TE behind a bare CR': [400, post('X: y\rTransfer-Encoding: chunked', chunk)],
  'TE with NUL': [400, post('Transfer-Encoding: chunked\u0000', chunk)],
  'TE identity': [400, post('Transfer-Encoding: identity\r\nContent-Length: 3', 'abc')],
  'TE with parameters': [400, post('Transfer-Encoding: chunked;q=1', chunk)],
  'TE before a tab': [400, post('Transfer-Encoding: chunked\t', chunk)],
  'TE empty': [400, post('Transfer-Encoding:', chunk)],
  'TE in HTTP/1.0': [400, `POST / HTTP/1.0\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`],
  'CL.CL different': [400, post('Content-Length: 0\r\nContent-Length: 44', smuggled)],
  'CL.CL equal': [400, post('Content-Length: 3\r\nContent-Length: 3', 'abc')],
  'CL as a list': [400, post('Content-Length: 3, 3', 'abc')],
  'CL with a sign': [400, post('Content-Length: +3', 'abc')],
  'CL negative': [400, post('Content-Length: -1', 'abc')],
  'CL hexadecimal': [400, post('Content-Length: 0x3', 'abc')],
  'CL with white space within': [400, post('Content-Length: 1 0', 'abc')],
  'CL empty': [400, post('Content-Length:', 'abc')],
  'CL beyond exact numbers': [400, post('Content-Length: 18446744073709551619', 'abc')],
  'CL in other digits': [400, post('Content-Length: \u00b3', 'abc')],
  'chunk size with 0x': [400, post('Transfer-Encoding: chunked', `0x3\r\nabc\r\n${chunk}`)],
  'chunk size with a sign': [400, post('Transfer-Encoding: chunked', `+3\r\nabc\r\n${chunk}`)],
  'chunk size with a space': [400, post('Transfer-Encoding: chunked', `3 \r\nabc\r\n${chunk}`)],
  'chunk size that overflows': [400, post('Transfer-Encoding: chunked', `10000000000000003\r\nabc\r\n${chunk}`)],
  'chunk size with an underscore': [400, post('Transfer-Encoding: chunked', `1_0\r\nabc\r\n${chunk}`)],
  'chunk size ended by LF': [400, post('Transfer-Encoding: chunked', `3\nabc\r\n${chunk}`)],
  'chunk extension with a bare LF': [400, post('Transfer-Encoding: chunked', `3;x\nabc\r\n${chunk}`)],
  'chunk extension with a bare CR': [400, post('Transfer-Encoding: chunked', `3;x\rabc\r\n${chunk}`)],
  'chunk data without its CR LF': [400, post('Transfer-Encoding: chunked', `3\r\nabcX\r\n${chunk}`)],
  'chunk data ended by LF': [400, post('Transfer-Encoding: chunked', `3\r\nabc\n${chunk}`)],
  'last chunk ended by LF': [400, post('Transfer-Encoding: chunked', `0\n\n${smuggled}`)],
  'framing in a trailer': [400, post('Transfer-Encoding: chunked', `0\r\nContent-Length: 5\r\n\r\n${smuggled}`)],
  'a trailer without colon': [400, post('Transfer-Encoding: chunked', `0\r\nGET /x HTTP/1.1\r\n\r\n${smuggled}`)],
  'two Hosts': [400, `GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n`],
  'two Hosts, one behind a space': [400, `GET / HTTP/1.1\r\nHost: a.test\r\n Host: b.test\r\n\r\n`],
  'a Host with a path': [400, `GET / HTTP/1.1\r\nHost: a.test/x\r\n\r\n`],
  'a Host with user information': [400, `GET / HTTP/1.1\r\nHost: a.test@b.test\r\n\r\n`],
  'a Host with a comma': [400, `GET / HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n`],
  'no Host': [400, `GET / HTTP/1.1\r\nX: y\r\n\r\n`],
  'a space in the target': [400, `GET /a HTTP/1.1 HTTP/1.1\r\nHost: a.test\r\n\r\n`],
  'a tab behind the method': [400, `GET\t/ HTTP/1.1\r\nHost: a.test\r\n\r\n`],
  'a fragment in the target': [400, `GET /a#/../b HTTP/1.1\r\nHost: a.test\r\n\r\n`],
  'user information in the target': [400, `GET http://a.test@b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n`],
  'a target that is none': [400, `GET a HTTP/1.1\r\nHost: a.test\r\n\r\n`],
  'a method that is none': [400, `G(T / HTTP/1.1\r\nHost: a.test\r\n\r\n`],
  'lines that end with LF': [400, `GET / HTTP/1.1\nHost: a.test\n\n`],
  'HTTP/0.9': [400, `GET /\r\n\r\n`],
  'HTTP/1.2': [505, `GET / HTTP/1.2\r\nHost: a.test\r\n\r\n`],
  'HTTP/2 in the form of HTTP/1.1': [505, `GET / HTTP/2.0\r\nHost: a.test\r\n\r\n`],
  'the preface of HTTP/2 with fields': [505, `PRI / HTTP/2.0\r\nHost: a.test\r\n\r\n`],
  'a version in lower case': [400, `GET / http/1.1\r\nHost: a.test\r\n\r\n`],
}

describe('request smuggling', () => {
  test.for(Object.entries(cases))('%s', async ([, [status, bytes]]) => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const client = await stage.client()
    client.send(Buffer.from(bytes, 'latin1'))
    const answer = await client.message()
    expect(statusOf(answer)).toBe(status)
    // What stands behind a message that was refused is never taken for another one.
    expect((await client.rest()).length).toBe(0)
    expect(origin.connections()).toBe(0)
  })

  test('a CL.0 body is the body, whatever it looks like', async () => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const client = await stage.client()
    client.send(`GET / HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`)
    const upstream = await origin.accept()
    expect((await upstream.message()).body.toString()).toBe(smuggled)
    upstream.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    expect(statusOf(await client.message())).toBe(200)
    expect(origin.connections()).toBe(1)
  })

  test('an answer to a request that was never sent is not given to the next one', async () => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const client = await stage.client()
    const get = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'
    client.send(get)
    const first = await origin.accept()
    await first.head()
    const ok = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`
    first.send(ok('mine') + ok('poison'))
    expect((await client.message()).body.toString()).toBe('mine')
    client.send(get)
    const second = await origin.accept()
    await second.head()
    second.send(ok('clean'))
    expect((await client.message()).body.toString()).toBe('clean')
  })

  test('an interim answer that says that it has a body makes 502', async () => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    stage.serve(origin.port)
    const client = await stage.client()
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    const upstream = await origin.accept()
    await upstream.head()
    upstream.send('HTTP/1.1 160 Odd\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
    expect(statusOf(await client.message())).toBe(502)
  })

  test.each([
    ['both framings', 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n'],
    ['two lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n'],
    ['a coding that is not known', 'Transfer-Encoding: gzip\r\n'],
    ['a tab behind its coding', 'Transfer-Encoding: chunked\t\r\n'],
    ['a folded line', 'X: 1\r\n 2\r\n'],
    ['a bare CR', 'X: 1\rY: 2\r\n'],
  ])('an answer with %s makes 502', async (_name, fields) => {
    await using stage = await Stage.open(createGateway)
    const origin = await stage.rawOrigin()
    const target = stage.serve(origin.port)
    const client = await stage.client()
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    const upstream = await origin.accept()
    await upstream.head()
    upstream.send(`HTTP/1.1 200 OK\r\n${fields}\r\nabc`)
    expect(statusOf(await client.message())).toBe(502)
    expect(stage.gateway.inFlight(target.id)).toBe(0)
  })
})
