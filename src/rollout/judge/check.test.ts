import { expect, it } from 'vitest'

import { contextAt, never, serve } from '../../../test/rollout/check-place.ts'
import { runChecks } from './check.ts'

it('makes checks side by side, and tells them in their order', async () => {
  const waiting: (() => void)[] = []
  const port = await serve((_request, response) => {
    waiting.push(() => response.end())
    if (waiting.length === 2) for (const answer of waiting) answer()
  })
  const http = { kind: 'http', path: '/', expectStatus: [], timeoutMs: 30_000 } as const
  const checks = [
    { ...http, name: 'one' },
    { ...http, name: 'two' },
  ]
  const findings = await runChecks(checks, await contextAt(port), never)
  expect(findings.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['one pass', 'two pass'])
})
