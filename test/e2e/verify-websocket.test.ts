import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { StreamReport } from '../../src/verify/report.ts'
import { Hotlane, workspace } from './support/hotlane.ts'
import { freePort } from './support/processes.ts'
import { verify } from './support/verify.ts'

const app = new URL('../apps/websocket.mjs', import.meta.url).pathname

function settings(path: string, send: string): string {
  return `verify:
  rate: 20
  duration: 1s
  mix: [/, { path: ${path}, kind: websocket, open: 3, timeout: 500ms, send: { text: 'tick {n}', every: 20ms, ${send} } }]
`
}

/** One second of messages to one path of test/apps/websocket.mjs. */
async function talk(path: string, send: string): Promise<{ readonly code: number; readonly stream: StreamReport }> {
  await using made = await workspace({ 'hotlane.yaml': settings(path, send) })
  const child = spawn(process.execPath, [app], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer]
    const { code, report } = await verify([`http://127.0.0.1:${port.toString().trim()}/`], made.directory)
    const [stream] = report.streams
    if (stream === undefined) throw new Error('there is no stream in the report')
    expect(report.lost).toBe(0)
    return { code, stream }
  } finally {
    child.kill('SIGKILL')
  }
}

describe('messages over WebSockets', () => {
  it.each(['/', '/late'])('that come back are all told as answered, up to the last: %s', async (path) => {
    const { code, stream } = await talk(path, 'expect: echo')
    expect(stream).toMatchObject({ opened: 3, cut: 0, answered: stream.sent })
    expect(stream.sent).toBeGreaterThan(10)
    expect(code).toBe(0)
  })

  it.each([
    ['/altered', 'echo'],
    ['/mute', 'echo'],
    ['/mute', 'answer'],
    ['/bye', 'echo'],
    ['/bye', 'answer'],
  ])('that are not answered are a loss: %s, where %s is expected', async (path, expected) => {
    const { code, stream } = await talk(path, `expect: ${expected}`)
    expect(stream.cut).toBeGreaterThan(0)
    expect(stream.answered).toBeLessThan(stream.sent ?? 0)
    expect(code).toBe(1)
  })

  it.each([
    ['/restart', 'expect: echo'],
    ['/mute', 'expect: nothing'],
    ['/altered', 'expect: answer'],
  ])('are none where the server asks to come back, or nothing of the kind is expected: %s, %s', async (path, send) => {
    const { code, stream } = await talk(path, send)
    expect(stream.cut).toBe(0)
    expect(stream.sent).toBeGreaterThan(10)
    expect(code).toBe(0)
  })

  it('survive deployments by hotlane', async () => {
    const port = await freePort()
    const project = `build: false\nrun: [node, ${app}]\nlisten: 127.0.0.1:${port}\ndrain: 300ms\n`
    await using made = await workspace({ 'hotlane.yaml': `${project}${settings('/late', 'expect: echo')}` })
    await using dev = new Hotlane(made.directory)
    await dev.switched(1)
    const words = ['--deploys', '3', '--every', '600ms', '--before', '300ms', '--after', '600ms']
    const { code, report } = await verify(words, made.directory)
    const [stream] = report.streams
    expect(report.losses).toEqual([])
    expect(stream).toMatchObject({ open: 3, cut: 0 })
    expect(stream?.opened).toBeGreaterThan(3)
    expect(stream?.answered).toBeGreaterThan(10)
    expect(code).toBe(0)
  })
})
