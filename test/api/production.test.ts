import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ApiClient } from '../../src/api/client.ts'
import type { Control } from '../../src/api/control.ts'
import { ProductionClient } from '../../src/api/production-client.ts'
import { HotlaneError } from '../../src/support/errors.ts'
import { FakeProduction, canary, report } from '../support/fake-production.ts'
import { serve } from './place.ts'

async function production(fake = new FakeProduction()): Promise<{
  readonly fake: FakeProduction
  readonly client: ProductionClient
  readonly any: ApiClient
  readonly socket: string
  readonly close: () => Promise<void>
}> {
  const served = await serve({ mode: 'production', control: fake })
  return { fake, client: new ProductionClient(served), any: new ApiClient(served), ...served }
}

/** One request as it is, whatever a client of ours would send. */
async function raw(
  socket: string,
  method: string,
  path: string,
  body = '',
): Promise<{ readonly status: number; readonly body: unknown }> {
  const sent = request({ socketPath: socket, method, path, agent: false }).end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk)
  return { status: response.statusCode ?? 0, body: JSON.parse(text) }
}

describe('the API of hotlane up', () => {
  it('passes every question on as it was asked', async () => {
    const { fake, client } = await production()
    expect(await client.deploy({ service: 'orders', artifact: '/tmp/orders', strategy: 'hold', queue: true })).toEqual(
      canary,
    )
    await client.promote('orders', true)
    await client.promote('auth', false)
    await client.pause('orders')
    await client.resume('orders')
    await client.abort('orders')
    await client.rollback('orders')
    await client.rollback('orders', 5)
    await client.report('orders', 8)
    await client.down()
    expect(fake.asked).toEqual([
      { deploy: { service: 'orders', artifact: '/tmp/orders', strategy: 'hold', queue: true } },
      { promote: 'orders', full: true },
      { promote: 'auth', full: false },
      { pause: 'orders' },
      { resume: 'orders' },
      { abort: 'orders' },
      { rollback: 'orders', release: undefined },
      { rollback: 'orders', release: 5 },
      { report: 'orders', release: 8 },
      'down',
    ])
  })

  it('gives back what was answered', async () => {
    const { fake, client, any } = await production()
    expect(await client.production()).toEqual(await fake.production())
    expect(await client.releases('orders')).toEqual(await fake.releases('orders'))
    expect(await client.diff('orders', 7, 8)).toEqual(await fake.diff('orders', 7, 8))
    expect(await client.report('orders', 8)).toEqual(report)
    expect(await client.rollout('orders')).toBeUndefined()
    fake.move({ phase: 'shifting' })
    expect(await client.rollout('orders')).toEqual({ ...canary, phase: 'shifting' })
    expect(await any.session()).toEqual({ mode: 'production', pid: process.pid })
  })

  it('tells what serves as hotlane dev does', async () => {
    const { any } = await production()
    const { services } = await any.status()
    expect(services[0]).toEqual({
      name: 'orders',
      url: 'http://127.0.0.1:8080/',
      serving: { release: 7, pid: 4242, artifact: 'a'.repeat(64) },
      requests: 12_000,
      inFlight: 3,
      held: 0,
      lost: 0,
    })
  })

  it('throws what the session throws', async () => {
    const { fake, client } = await production()
    await expect(client.pause('orderz')).rejects.toMatchObject({ report: { code: 'HL1007' } })
    fake.failure = new HotlaneError('HL3001', { params: { service: 'orders' }, output: 'main.go:1' })
    await expect(client.deploy({ service: 'orders' })).rejects.toMatchObject({
      report: { code: 'HL3001', output: 'main.go:1' },
    })
  })

  it('takes names that a path does not', async () => {
    const { client, fake } = await production(new FakeProduction(['a/b ?%']))
    await client.pause('a/b ?%')
    expect(fake.asked).toEqual([{ pause: 'a/b ?%' }])
  })

  it.each([
    ['POST', '/v1/services/orders/deploy', '{"artefact":"/x"}', 400, 'HL7004'],
    ['POST', '/v1/services/orders/deploy', '{"artifact":"x"}', 400, 'HL7004'],
    ['POST', '/v1/services/orders/deploy', '{"strategy":"yolo"}', 400, 'HL7004'],
    ['POST', '/v1/services/orders/deploy', '{', 400, 'HL7004'],
    ['POST', '/v1/services/orders/deploy', 'null', 400, 'HL7004'],
    ['POST', '/v1/services/orders/deploy', `{"artifact":"/${'x'.repeat(70_000)}"}`, 400, 'HL7004'],
    ['POST', '/v1/services/orders/rollback', '{"release":1.5}', 400, 'HL7004'],
    ['POST', '/v1/services/orders/rollback', '{"release":0}', 400, 'HL7004'],
    ['POST', '/v1/services/orders/abort', '{"now":true}', 400, 'HL7004'],
    ['POST', '/v1/services/%E0%A4%A/abort', '', 400, 'HL7004'],
    ['GET', '/v1/services/orders/diff?before=1', '', 400, 'HL7004'],
    ['GET', '/v1/services/orders/reports/x', '', 400, 'HL7004'],
    ['GET', '/v1/logs?lines=-1', '', 400, 'HL7004'],
    ['POST', '/v1/down', '{"now":true}', 400, 'HL7004'],
    ['GET', '/v1/services/orders/deploy', '', 404, 'HL7001'],
    ['GET', '/v2', '', 404, 'HL7001'],
    ['POST', '/v1/rebuild', '', 409, 'HL7005'],
  ])('refuses %s %s %s', async (method, path, body, status, code) => {
    const { fake, socket } = await production()
    expect(await raw(socket, method, path, body)).toMatchObject({ status, body: { code } })
    expect(fake.asked).toEqual([])
  })
})

describe('lines', () => {
  it('end with the session, and the session is rid of a client that goes', async () => {
    const { fake, any, client, close } = await production()
    const gone = new AbortController()
    const line = { service: 'orders', lane: 'stable', release: 7, pid: 1, line: 'listening' }
    fake.write(line)
    const events = await any.subscribe(new AbortController().signal)
    for await (const told of client.logs({ lines: 10, follow: true }, gone.signal)) {
      expect(told).toEqual(line)
      break
    }
    await expect.poll(() => fake.followers).toBe(0)
    fake.move({ phase: 'starting' })
    fake.move({ phase: 'shifting' })
    expect(await events.next()).toMatchObject({ value: { seq: 1 } })
    expect(await events.next()).toMatchObject({ value: { seq: 2 } })
    await close()
    expect(await events.next()).toEqual({ done: true, value: undefined })
  })

  it('of logs end where nothing more is asked for', async () => {
    const { fake, client } = await production()
    for (const word of ['one', 'two', 'three'])
      fake.write({ service: 'orders', lane: 'stable', release: 7, pid: 1, line: word })
    const told: string[] = []
    const asked = { service: 'orders', lane: 'stable', release: 7, lines: 2, follow: false }
    for await (const { line } of client.logs(asked, new AbortController().signal)) told.push(line)
    expect(told).toEqual(['two', 'three'])
    expect(fake.asked).toEqual([{ logs: asked }])
  })
})

describe('the API of hotlane dev', () => {
  const control: Control = {
    status: () => ({ pid: 1, root: '/', source: '', services: [] }),
    subscribe: () => () => undefined,
    rebuild: async () => undefined,
    restart: async () => undefined,
  }

  it('says that a deploy is asked of the wrong session', async () => {
    const served = await serve({ mode: 'dev', control })
    const client = new ProductionClient(served)
    await expect(client.deploy({ service: 'orders' })).rejects.toMatchObject({
      report: { code: 'HL7005', message: 'this is "hotlane dev", and that can be asked of "hotlane up" alone' },
    })
    expect(await new ApiClient(served).session()).toEqual({ mode: 'dev', pid: process.pid })
  })

  it('is told from one that is not there', async () => {
    const served = await serve({ mode: 'dev', control })
    await served.close()
    await expect(new ApiClient(served).session()).rejects.toMatchObject({ code: 'HL7003' })
  })
})
