import { describe, expect, it } from 'vitest'
import { makeTree } from '../../test/support/tree.ts'
import { HotlaneError } from '../support/errors.ts'
import { loadVerifySettings } from './verify.ts'

const options = { platform: process.platform, env: {} }

async function load(text: string): ReturnType<typeof loadVerifySettings> {
  return loadVerifySettings(await makeTree({ 'hotlane.yaml': text }), options)
}

describe('the section verify', () => {
  it('is empty where there is none, or no file of hotlane at all', async () => {
    const empty = { headers: {}, steps: [], thresholds: {} }
    expect(await load('services: {}\n')).toEqual(empty)
    expect(await loadVerifySettings(await makeTree({ '.air.toml': 'root = "."\n' }), options)).toEqual(empty)
  })

  it('says everything that a load can be made of', async () => {
    const settings = await load(`verify:
  rate: 300
  duration: 30s
  connections: 8
  newConnections: 25%
  headers: { authorization: Bearer x }
  ledger: /__ledger
  mix:
    - /a
    - /a
    - { path: /b, body: '{}', expect: 201, weight: 3 }
    - { path: /c, upload: { pieces: 2, every: 10ms }, contains: done }
    - { path: /d, slow: true, timeout: 1m, expect: [200, 204] }
    - { path: /e, kind: sse, open: 4, weight: 7 }
    - { path: /f, kind: websocket, send: { text: 'tick {n}', every: 50ms, expect: echo } }
    - { path: /g, kind: websocket, send: { text: tick } }
  thresholds: { lost: 1, success: 99.9%, p99: 50ms, p99During: 1.5x, p99Switch: 80ms }
`)
    expect(settings).toMatchObject({
      rate: 300,
      durationMs: 30_000,
      connections: 8,
      newConnections: 0.25,
      headers: { authorization: 'Bearer x' },
      ledger: '/__ledger',
      steps: [
        { name: 'GET /a', method: 'GET', weight: 1 },
        { name: 'GET /a (2)' },
        { name: 'POST /b', body: { kind: 'text', text: '{}' }, expectStatus: [201], weight: 3 },
        { body: { kind: 'upload', pieces: 2, pieceBytes: 1024, everyMs: 10 }, expectText: 'done', slow: true },
        { slow: true, timeoutMs: 60_000, expectStatus: [200, 204] },
        { name: 'sse /e', kind: 'sse', open: 4, weight: 0 },
        { kind: 'websocket', messages: { text: 'tick {n}', everyMs: 50, expect: 'echo' } },
        { kind: 'websocket', messages: { text: 'tick', everyMs: 1000, expect: 'nothing' } },
      ],
      thresholds: { lost: 1, p99Ms: 50, p99During: { kind: 'ratio', ratio: 1.5 }, p99Switch: { kind: 'ms', ms: 80 } },
    })
    expect(settings.thresholds.success).toBeCloseTo(0.999, 9)
  })

  it.each([
    ['verify: { rat: 5 }', 'HL1003', 1, 11, 'did you mean rate?'],
    ['verify:\n  rate: fast', 'HL1004', 2, 9, 'requests per second'],
    ['verify:\n  mix:\n    - orders', 'HL1004', 3, 7, 'starts with /'],
    ['verify:\n  mix:\n    - { path: /, send: { text: a } }', 'HL1004', 3, 7, 'only beside kind: websocket'],
    ['verify:\n  mix:\n    - { path: /, kind: websocket, send: { every: 1s } }', 'HL1004', 3, 41, 'send.text'],
    ['verify:\n  thresholds: { p99During: twice }', 'HL1004', 2, 28, '1.5x'],
    ['verify:\n  newConnections: 5', 'HL1004', 2, 19, 'a share'],
  ])('that is wrong is told with its place: %j', async (text, code, line, column, what) => {
    const error = await load(text).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HotlaneError)
    expect(error).toMatchObject({ code, position: { file: 'hotlane.yaml', line, column } })
    expect(String(error)).toContain(what)
  })
})
