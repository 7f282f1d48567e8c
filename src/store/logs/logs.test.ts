import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs'
import { appendFile, mkdir, mkdtemp, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { logPath, parseLogPath } from '../../model/log-file.ts'
import { followLog } from './follow.ts'
import { gatherLogs } from './gather.ts'
import { punchHole } from './hole.ts'
import { readTail } from './read.ts'
import { tendLogs } from './tend.ts'

const never = new AbortController().signal

let directory = ''
let file = ''
let canPunch = false
let count = 0

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-logs-'))
  const sample = path.join(directory, 'sample')
  await writeFile(sample, Buffer.alloc(16 * 4096, 'x'))
  canPunch = await punchHole(sample, 8 * 4096, never)
})
beforeEach(() => {
  file = path.join(directory, `${++count}.log`)
})
afterAll(() => rm(directory, { recursive: true }))

/** Follows a file until the test is over, and tells what has come. */
function following(lines: number) {
  const stop = new AbortController()
  const told: string[] = []
  const over = (async () => {
    for await (const line of followLog(file, { lines }, stop.signal)) told.push(line)
  })()
  onTestFinished(() => stop.abort())
  const until = (expected: readonly string[]) => vi.waitFor(() => expect(told).toEqual(expected), { timeout: 30_000 })
  return { told, stop, over, until }
}

describe('readTail', () => {
  it('has the last lines, the incomplete one too', async () => {
    await writeFile(file, 'a\nb\r\n\nc\nd')
    expect((await readTail(file, { lines: 3 }, never)).lines).toEqual(['', 'c', 'd'])
    expect((await readTail(file, { lines: 100 }, never)).lines).toEqual(['a', 'b', '', 'c', 'd'])
    expect((await readTail(file, { lines: 0 }, never)).lines).toEqual([])
    await appendFile(file, '\n')
    expect((await readTail(file, { lines: 1 }, never)).lines).toEqual(['d'])
    expect((await readTail(path.join(directory, 'none'), { lines: 1 }, never)).lines).toEqual([])
    await expect(readTail(file, { lines: 1 }, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })

  it('is the end of all lines, wherever the file is cut into pieces to be read', async () => {
    const line = fc.oneof(
      fc.string(),
      fc.integer({ min: 0, max: 50_000 }).map((length) => 'é'.repeat(length)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.nat(14), fc.boolean(), async (texts, lines, isWhole) => {
        const clean = texts.map((text) => text.replaceAll(/[\r\n]/g, '').slice(0, 30_000))
        const written = clean.join('\n') + (isWhole && clean.length > 0 ? '\n' : '')
        await writeFile(file, written)
        const all = written === '' ? [] : written.replace(/\n$/, '').split('\n')
        expect((await readTail(file, { lines }, never)).lines).toEqual(lines === 0 ? [] : all.slice(-lines))
      }),
      { numRuns: 60 },
    )
  })
})

describe('followLog', () => {
  it('tells the lines that are kept, then each as it is completed, and the incomplete one at its end', async () => {
    await writeFile(file, 'a\nb\nc')
    const log = following(2)
    await log.until(['b'])
    await appendFile(file, 'c\nd\ne')
    await log.until(['b', 'cc', 'd'])
    log.stop.abort()
    await log.over
    expect(log.told).toEqual(['b', 'cc', 'd', 'e'])
  })

  it('keeps a character whole that is written in two pieces', async () => {
    const log = following(0)
    const bytes = Buffer.from('grün ✓\nx\n')
    const cut = bytes.indexOf('✓') + 1
    await writeFile(file, bytes.subarray(0, cut))
    await writeFile(file, bytes.subarray(cut), { flag: 'a' })
    await log.until(['grün ✓', 'x'])
    expect(log.told.join('')).not.toContain('\uFFFD')
  })

  it('waits for a file that is not there, and begins anew with one that was truncated or replaced', async () => {
    const log = following(0)
    await writeFile(file, 'first\n')
    await log.until(['first'])
    await truncate(file, 0)
    await appendFile(file, 'x\n')
    await log.until(['first', 'x'])
    const descriptor = openSync(file, 'a')
    await rename(file, `${file}.1`)
    writeSync(descriptor, 'last of the old\n')
    closeSync(descriptor)
    await writeFile(file, 'new\n')
    await log.until(['first', 'x', 'last of the old', 'new'])
    log.stop.abort()
    await log.over
    expect(log.told).toHaveLength(4)
  })

  it('ends when it is told before it has begun', async () => {
    await writeFile(file, 'a\n')
    const lines: string[] = []
    for await (const line of followLog(file, { lines: 1 }, AbortSignal.abort())) lines.push(line)
    expect(lines).toEqual([])
  })
})

describe('logs of instances', () => {
  let logs = ''
  beforeEach(async () => {
    logs = await mkdtemp(path.join(directory, 'all-'))
  })

  async function write(service: string, release: number, text: string, writtenAt?: number): Promise<string> {
    const at = logPath(logs, { service, release, id: `${service}/${release}` })
    await mkdir(path.dirname(at), { recursive: true })
    await writeFile(at, text)
    if (writtenAt !== undefined) await utimes(at, writtenAt, writtenAt)
    return at
  }

  it('are named so that they can be told apart again', () => {
    const log = { service: 'shop', release: 12, id: 'a b/%2F-1' }
    expect(parseLogPath(logPath('/logs', log))).toEqual(log)
    expect(parseLogPath('/logs/shop/x.log')).toBeUndefined()
    expect(parseLogPath('/logs/shop/1-%.log')).toBeUndefined()
  })

  it('are gathered, the newest last, and followed with those that come', async () => {
    await write('shop', 2, 'b1\nb2\n', 2000)
    await write('shop', 1, 'a1\na2\n', 1000)
    await write('auth', 1, 'other\n')
    const told: string[] = []
    const stop = new AbortController()
    const wants = ({ service }: { readonly service: string }) => service === 'shop'
    for await (const { release, line } of gatherLogs(logs, { wants, lines: 3, follow: false }, never))
      told.push(`${release} ${line}`)
    expect(told.splice(0)).toEqual(['1 a2', '2 b1', '2 b2'])
    const over = (async () => {
      for await (const { release, line } of gatherLogs(logs, { wants, lines: 1, follow: true }, stop.signal))
        told.push(`${release} ${line}`)
    })()
    await vi.waitFor(() => expect(told).toEqual(['2 b2']), { timeout: 30_000 })
    await write('shop', 3, 'c1\nc2\n')
    appendFileSync(logPath(logs, { service: 'shop', release: 1, id: 'shop/1' }), 'a3')
    await vi.waitFor(() => expect(told).toEqual(expect.arrayContaining(['3 c1', '3 c2'])), { timeout: 30_000 })
    stop.abort()
    await over
    expect(told.toSorted()).toEqual(['1 a3', '2 b2', '3 c1', '3 c2'])
  })

  it('are read no faster than whoever asked reads', async () => {
    await write('shop', 1, 'x\n'.repeat(5000))
    const gathered = gatherLogs(logs, { wants: () => true, lines: 5000, follow: true }, never)
    let lines = 0
    for await (const _ of gathered) if (++lines === 5000) break
    expect(lines).toBe(5000)
  })

  it('are kept up to a number of each service, those of the living beside it', async () => {
    for (let release = 1; release <= 5; release++) await write('shop', release, 'x\n', release)
    await write('auth', 1, 'x\n', 1)
    const limits = { bytesPerLog: 1_000_000, logsPerService: 2 }
    const { removed } = await tendLogs(logs, { limits, living: new Set(['shop/1']) }, never)
    expect(removed.map((each) => parseLogPath(each)?.release)).toEqual([2, 3])
    expect(await tendLogs(logs, { limits, living: new Set(['shop/1']) }, never)).toMatchObject({ removed: [] })
  })

  it('give back the space of their oldest part while they are written, and nothing else of them', async (test) => {
    test.skip(!canPunch, 'no fallocate of util-linux here, or a file system without holes')
    const at = await write('shop', 1, '')
    const descriptor = openSync(at, 'a')
    onTestFinished(() => closeSync(descriptor))
    const line = (number: number) => `line ${String(number).padStart(90, '.')}`
    for (let number = 0; number < 20_000; number++) writeSync(descriptor, `${line(number)}\n`)
    const limits = { bytesPerLog: 500_000, logsPerService: 2 }
    const asked = { limits, living: new Set(['shop/1']) }
    expect(await tendLogs(logs, asked, never)).toEqual({ trimmed: [at], removed: [], overlong: [] })
    const { size, blocks } = await stat(at)
    expect(size).toBe(20_000 * (line(0).length + 1))
    expect(blocks * 512).toBeLessThan(520_000)
    writeSync(descriptor, `${line(20_000)}\n`)
    const { lines: kept } = await readTail(at, { lines: 1_000_000 }, never)
    expect(kept.slice(-5000)).toEqual(Array.from({ length: 5000 }, (_, index) => line(15_001 + index)))
    expect(kept.length).toBeLessThan(6000)
    expect(kept.join('')).not.toContain('\0')
    file = at
    await following(Number.MAX_SAFE_INTEGER).until(kept)
    expect(await tendLogs(logs, asked, never)).toEqual({ trimmed: [], removed: [], overlong: [] })
  })
})
