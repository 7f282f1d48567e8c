import { expect, it } from 'vitest'

import { contextAt, never, serve } from '../../../test/rollout/check-place.ts'
import { defaultJudge } from '../../model/strategies.ts'
import { judgeRelease } from './judge-release.ts'

it('makes the checks only when the figures of the gateway pass', async () => {
  const asked: (string | undefined)[] = []
  const port = await serve((request, response) => {
    asked.push(request.url)
    response.writeHead(503).end()
  })
  const check = { kind: 'http', name: 'health', path: '/health', expectStatus: [], timeoutMs: 30_000 } as const
  const settings = { ...defaultJudge, checks: [check] }
  const context = await contextAt(port)
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
