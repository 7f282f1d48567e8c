import { createServer as createTcpServer } from 'node:net'

import { describe, expect, it } from 'vitest'

import { contextAt, listen, never, serve } from '../../../test/rollout/check-place.ts'
import { runCheck } from './check.ts'

describe('an HTTP check', () => {
  const http = { kind: 'http', name: 'health', path: '/health?full', expectStatus: [], timeoutMs: 30_000 } as const

  it.each([
    [{}, 200, 'pass', 'health: GET /health?full was answered with 200'],
    [{}, 302, 'pass', 'health: GET /health?full was answered with 302'],
    [{}, 404, 'fail', 'health: GET /health?full was answered with 404, expected 200 to 399'],
    [{ expectStatus: [401, 403] }, 403, 'pass', 'health: GET /health?full was answered with 403'],
    [{ expectStatus: [401, 403] }, 200, 'fail', 'health: GET /health?full was answered with 200, expected 401 or 403'],
    [{ expectText: '"schön"' }, 200, 'pass', 'health: GET /health?full was answered with 200'],
    [{ expectText: 'bad' }, 200, 'fail', 'health: GET /health?full was answered with 200, but without "bad"'],
  ] as const)('with %j of an answer %d: %s', async (change, status, verdict, text) => {
    const asked: string[] = []
    const port = await serve((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.host}`)
      response.writeHead(status, { location: '/' }).end('all is "schön"')
    })
    expect(await runCheck({ ...http, ...change }, await contextAt(port), never)).toEqual({
      name: 'health',
      verdict,
      text,
    })
    expect(asked).toEqual([`GET /health?full 127.0.0.1:${port}`])
  })

  it('does not say twice what it asks, if that is its name', async () => {
    const port = await serve((_request, response) => response.end())
    const { text } = await runCheck({ ...http, path: '/up', name: 'GET /up' }, await contextAt(port), never)
    expect(text).toBe('GET /up was answered with 200')
  })

  it('fails where nobody answers', async () => {
    const port = await listen(createTcpServer((socket) => socket.destroy()))
    expect(await runCheck(http, await contextAt(port), never)).toMatchObject({
      verdict: 'fail',
      text: 'health: GET /health?full got no answer: socket hang up',
    })
  })

  it('fails where the answer does not end in time', async () => {
    const port = await serve((_request, response) => void response.write('so far'))
    const finding = await runCheck({ ...http, timeoutMs: 50 }, await contextAt(port), never)
    expect(finding).toMatchObject({ verdict: 'fail', text: expect.stringContaining('no whole answer within 50 ms') })
  })

  it('reads no more of a body than it has room for', async () => {
    const port = await serve((_request, response) => {
      const fill = (): void => {
        while (response.write(Buffer.alloc(65_536)));
      }
      response.on('drain', fill)
      fill()
    })
    expect(await runCheck({ ...http, expectText: 'end' }, await contextAt(port), never)).toMatchObject({
      verdict: 'fail',
    })
  })

  it('ends with an abort', async () => {
    const stop = new AbortController()
    const port = await serve(() => stop.abort(new Error('stop')))
    await expect(runCheck(http, await contextAt(port), stop.signal)).rejects.toThrow('stop')
    await expect(runCheck(http, await contextAt(port), stop.signal)).rejects.toThrow('stop')
  })
})
