import { readdirSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { contextAt, never, serve } from '../../../test/rollout/check-place.ts'
import type { Check } from '../../model/plan.ts'
import { runCheck } from './check.ts'

describe('a command check', () => {
  const command = (line: string, timeoutMs = 30_000): Check => ({
    kind: 'command',
    name: 'tokens',
    command: { kind: 'shell', line },
    timeoutMs,
  })

  it.each([
    ['true', 'pass', 'tokens: exit code 0'],
    ['echo one; echo; echo "two of them" >&2; echo; exit 3', 'fail', 'tokens: exit code 3, two of them'],
    ['echo told; echo exit status 1 >&2; exit 1', 'fail', 'tokens: exit code 1, told'],
    ['echo not yet; exit 75', 'no data', 'tokens: exit code 75, not yet'],
    ['kill -9 $$', 'fail', 'tokens: signal SIGKILL'],
  ])('%s: %s', async (line, verdict, text) => {
    expect(await runCheck(command(line), await contextAt(1), never)).toEqual({ name: 'tokens', verdict, text })
  })

  it('sees what it is to check', async () => {
    const line = 'echo "$HOTLANE_SERVICE $HOTLANE_RELEASE $HOTLANE_CANDIDATE_URL ${HOTLANE_STABLE_URL-none} $OWN"'
    const env = { PATH: process.env['PATH'] ?? '', OWN: 'own', HOTLANE_STABLE_URL: 'http://other' }
    const first = await contextAt(4000, { env })
    expect((await runCheck(command(line), first, never)).text).toContain('orders 7 http://127.0.0.1:4000 none own')
    const next = { ...first, stable: { host: '::1', port: 5000 } }
    expect((await runCheck(command(line), next, never)).text).toContain('http://127.0.0.1:4000 http://[::1]:5000 own')
  })

  it('fails when it takes too long, and ends with all that it has started', async () => {
    const context = await contextAt(1)
    const finding = await runCheck(command('echo waiting; sleep 600 & wait', 300), context, never)
    expect(finding).toMatchObject({ verdict: 'fail', text: expect.stringContaining('not done within 300 ms') })
    expect(readdirSync(context.processes)).toEqual([])
  })

  it('is an error where it cannot be run', async () => {
    const check: Check = {
      kind: 'command',
      name: 'tokens',
      command: { kind: 'argv', argv: ['./absent'] },
      timeoutMs: 30_000,
    }
    const finding = await runCheck(check, await contextAt(1), never)
    expect(finding).toMatchObject({ verdict: 'error', text: expect.stringContaining('./absent') })
  })

  it('ends with an abort', async () => {
    const stop = new AbortController()
    const port = await serve(() => stop.abort(new Error('stop')))
    const line = `node -e 'fetch(process.env.HOTLANE_CANDIDATE_URL)'; sleep 600`
    await expect(runCheck(command(line), await contextAt(port), stop.signal)).rejects.toThrow('stop')
  })
})
