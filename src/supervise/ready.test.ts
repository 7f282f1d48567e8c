import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import type { Listener } from './listening.ts'
import { type Candidate, untilReady } from './ready.ts'

const silent = new Promise<void>(() => undefined)

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

function candidate(port: number, change: Partial<Candidate> = {}): Candidate {
  const listeners: readonly Listener[] = [{ host: '127.0.0.1', port }]
  const ready = { kind: 'auto', timeoutMs: 30_000 } as const
  return { ready, port, message: silent, look: () => Promise.resolve(listeners), ...change }
}

/** Waits until something is waited for that matches, then gives up. */
async function waitedFor(what: RegExp, of: Candidate): Promise<string> {
  const wait = new AbortController()
  let why = ''
  const waiting = (now: string) => {
    why = now
    if (what.test(now)) wait.abort(new Error('seen'))
  }
  await expect(untilReady(of, waiting, wait.signal)).rejects.toThrow('seen')
  return why
}

describe('untilReady', () => {
  it('says which probe failed how', async () => {
    const ready = { kind: 'http', path: '/up', timeoutMs: 30_000 } as const
    const port = await serve((request, response) => response.writeHead(request.url === '/up' ? 503 : 200).end())
    expect(await waitedFor(/GET/, candidate(port, { ready }))).toBe(`GET /up on port ${port} answered 503`)
    const broken = await serve((request) => request.socket.destroy())
    expect(await waitedFor(/GET/, candidate(broken, { ready }))).toBe(`GET /up on port ${broken} was not answered`)
  })

  it('gives up an unanswered probe when aborted', async () => {
    const wait = new AbortController()
    const port = await serve(() => wait.abort(new Error('enough')))
    const ready = { kind: 'http', path: '/up', timeoutMs: 30_000 } as const
    await expect(untilReady(candidate(port, { ready }), () => undefined, wait.signal)).rejects.toThrow('enough')
  })

  it('is woken by a message, which beats the path', async () => {
    const port = await serve((_, response) => response.writeHead(500).end())
    let say: () => void = () => undefined
    const message = new Promise<void>((resolve) => (say = resolve))
    const ready = { kind: 'auto', path: '/up', timeoutMs: 30_000 } as const
    const reached = untilReady(candidate(port, { ready, message }), () => say(), new AbortController().signal)
    expect(await reached).toEqual({ host: '127.0.0.1', port, portFixed: false })
  })

  it('goes on after a message of a program that does not listen yet, unless only messages count', async () => {
    const port = await serve((_, response) => response.end())
    let looks = 0
    const look = () => Promise.resolve(++looks < 5 ? [] : [{ host: '127.0.0.1', port }])
    const never = new AbortController().signal
    const message = Promise.resolve()
    expect(await untilReady(candidate(port, { look, message }), () => undefined, never)).toMatchObject({ port })
    expect(looks).toBe(5)
    const ready = { kind: 'message', timeoutMs: 30_000 } as const
    const worker = candidate(1, { look: () => Promise.resolve([]), message, ready })
    expect(await untilReady(worker, () => undefined, never)).toMatchObject({ port: 1, portFixed: false })
  })

  it('trusts a port that accepts where the platform does not tell who listens', async () => {
    const port = await serve((_, response) => response.end())
    const look = () => Promise.resolve(undefined)
    const never = new AbortController().signal
    expect(await untilReady(candidate(port, { look }), () => undefined, never)).toMatchObject({
      port,
      portFixed: false,
    })
    const known = candidate(1, { look, appPort: port })
    expect(await untilReady(known, () => undefined, never)).toMatchObject({ port, portFixed: true })
  })

  it('does not believe a table that names a port on which nobody accepts', async () => {
    const port = await serve((_, response) => response.end())
    const look = () => Promise.resolve([{ host: '127.0.0.2', port }])
    expect(await waitedFor(/accept/, candidate(port, { look }))).toBe(`port ${port} does not accept connections`)
  })
})
