import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { status } from '@grpc/grpc-js'
import { describe, expect, it, onTestFinished } from 'vitest'

import { callUnary, type Outcome, echoClient, echoServer } from './grpc-kit.ts'
import { until } from '../conformance/gateway/stage.ts'
import { anywhere, tableOf, WorkersStage } from './support/workers-stage.ts'

describe.skipIf(process.platform === 'win32')('gateway workers with TLS', () => {
  it('share one development certificate, and hand over under gRPC calls without losing one', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'hotlane-workers-tls-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const at = (name: string): string => path.join(directory, 'tls', name)
    const tls = { cert: at('a.crt'), key: at('a.key'), development: true }
    const stage = await WorkersStage.open()
    const workers = await stage.workers()
    const address = await workers.open({ ...anywhere, tls })
    expect(address.tls).toEqual(tls)
    const place = { address, defer: (closer: () => unknown) => onTestFinished(() => void closer()) }
    const { port, executed } = await echoServer(place, 'a')
    const [entry] = tableOf(anywhere, port).entries
    if (entry === undefined) throw new Error('a table has an entry')
    const target = { id: 'shop-1', host: '127.0.0.1', port, protocol: 'h2c' as const }
    const state = { kind: 'serve' as const, release: 1, targets: [target] as const }
    await workers.install({ entries: [{ ...entry, lanes: [{ name: 'stable', state }] }] })
    const progress = { calls: 0, going: true }
    const caller = async (mark: number): Promise<void> => {
      const client = echoClient(place, readFileSync(tls.cert))
      for (let index = 0; progress.going; index++) {
        const { code, details } = await untilBegun(() => callUnary(client, `${mark}-${index}`))
        expect([code, details]).toEqual([status.OK, 'OK'])
        progress.calls++
      }
    }
    const callers = Promise.all([0, 1, 2, 3].map(caller))
    for (let round = 0; round < 3; round++) {
      const goal = progress.calls + 100
      await Promise.race([until(() => progress.calls > goal), callers])
      await workers.restart()
    }
    progress.going = false
    await callers
    expect(executed).toHaveLength(progress.calls)
    expect(new Set(executed).size).toBe(progress.calls)
  })
})

/**
 * A call that begins in the very moment in which GOAWAY arrives is refused by the client's own library, before it is sent, and
 * the library tries again once on the connection that ends. A refused call was never executed, so whoever calls may repeat it.
 */
async function untilBegun(call: () => Promise<Outcome>): Promise<Outcome> {
  for (;;) {
    const outcome = await call()
    if (outcome.details !== 'Stream refused by server') return outcome
  }
}
