import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, it, onTestFinished } from 'vitest'

import { makeTree } from '../../../test/support/tree.ts'
import { defaultJudge } from '../../model/strategies.ts'
import { judgeRelease } from './judge-release.ts'

const never = new AbortController().signal

it('makes the checks only when the figures of the gateway pass', async () => {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.url)
    response.writeHead(503).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const check = { kind: 'http', name: 'health', path: '/health', expectStatus: [], timeoutMs: 30_000 } as const
  const settings = { ...defaultJudge, checks: [check] }
  const candidate = { host: '127.0.0.1', port }
  const directory = await makeTree()
  const context = { service: 'orders', release: 2, candidate, directory, env: {}, processes: directory }
  const look = async (requests: number): Promise<readonly string[]> => {
    const figures = { errors: { count: 0, of: requests }, latency: { counts: new Float64Array() } }
    const findings = await judgeRelease({ stable: figures, trial: figures, settings }, context, never)
    return findings.map(({ name, verdict }) => `${name} ${verdict}`)
  }
  expect(await look(10)).toEqual(['errors no data'])
  expect(asked).toEqual([])
  expect(await look(10_000)).toEqual(['errors pass', 'health fail'])
  expect(asked).toEqual(['/health'])
})
