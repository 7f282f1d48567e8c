import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type DevSession, dev } from '../../src/dev.ts'
import type { Event } from '../../src/model/event.ts'
import { startDetached } from '../../src/supervise/detached/start.ts'
import { nodeApp, nodeMain } from './support/apps.ts'
import { text, workspace } from './support/hotlane.ts'

function open(directory: string, subscriber: (event: Event) => void): Promise<DevSession> {
  return dev(
    {
      directory,
      load: { listen: '127.0.0.1:0', platform: process.platform, env: {}, cores: 2 },
      env: process.env,
      platform: process.platform,
      stdin: false,
      color: false,
    },
    subscriber,
  )
}

function url(session: DevSession): string {
  return session.status().services[0]?.url ?? ''
}

describe('dev as a function', () => {
  it('can run twice in one process, for two projects', async () => {
    await using one = await workspace(nodeApp('one'))
    await using two = await workspace(nodeApp('two'))
    const sessions = await Promise.all([one, two].map(({ directory }) => open(directory, () => undefined)))
    expect(await Promise.all(sessions.map((session) => text(url(session))))).toEqual(['one', 'two'])
    await Promise.all(sessions.map((session) => session.close('the test is over')))
  })

  it('does the same where nobody listens to its events, or a listener throws', async () => {
    await using app = await workspace(nodeApp('v1'))
    const session = await open(app.directory, () => {
      throw new Error('a subscriber of no use')
    })
    expect(await text(url(session))).toBe('v1')
    await app.write('server.mjs', nodeMain('v2'))
    await expect.poll(() => text(url(session))).toBe('v2')
    expect(session.status().services[0]).toMatchObject({ serving: { release: 2 }, lost: 0 })
    await session.close('the test is over')
  })

  it('neither ends nor replaces what runs in production from the same directory', async () => {
    await using app = await workspace(nodeApp('v1'))
    const state = path.join(app.directory, '.hotlane')
    const instance = await startDetached(
      {
        id: `in-process-${process.pid}`,
        service: 'app',
        release: 1,
        command: { kind: 'argv', argv: [process.execPath, 'server.mjs'] },
        args: [],
        directory: app.directory,
        env: {},
        ready: { kind: 'port', timeoutMs: 30_000 },
        stop: { signal: 'SIGTERM', graceMs: 5000 },
        stdin: false,
        color: false,
      },
      { processes: path.join(state, 'processes'), logs: path.join(state, 'logs'), started: () => undefined },
      new AbortController().signal,
    )
    onTestFinished(() => void instance.stop(AbortSignal.abort()))
    const refused = open(app.directory, () => undefined)
    await expect(refused).rejects.toMatchObject({ code: 'HL4006' })
    expect(await text(`http://${instance.host}:${instance.port}/`)).toBe('v1')
    await instance.stop()
    const session = await open(app.directory, () => undefined)
    await session.close('the test is over')
  })
})
