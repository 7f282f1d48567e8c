import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { describe, expect, it } from 'vitest'

import type { AccessRecord } from '../../src/gateway/access-log.ts'
import { selfSigned } from '../../src/gateway/tls/self-signed.ts'
import type { WorkerNote } from '../../src/gateway/workers/note.ts'
import { until } from '../conformance/gateway/stage.ts'
import { anywhere, originOf, tableOf, urlOf, WorkersStage } from './support/workers-stage.ts'

const dayMs = 24 * 3_600_000

/** Of the certificates that a control was told of. */
function certificates(notes: readonly WorkerNote[]): readonly Extract<WorkerNote, { kind: 'certificate' }>[] {
  return notes.filter((note) => note.kind === 'certificate')
}

describe.skipIf(process.platform === 'win32')('news of gateway workers', () => {
  it('of a certificate reach their control once, however many workers have them, and a later control too', async () => {
    const stage = await WorkersStage.open()
    const log = path.join(stage.directory, 'workers.log')
    const tls = { cert: path.join(stage.directory, 'a.crt'), key: path.join(stage.directory, 'a.key') }
    const write = async (from: number, days: number): Promise<void> => {
      const { cert, key } = selfSigned(new Date(Date.now() + from), days)
      await writeFile(tls.cert, cert)
      await writeFile(tls.key, key)
    }
    /** Resolves when both workers have logged something new. */
    const logged = (text: string, times = 1): Promise<void> =>
      until(() => readFileSync(log, 'utf8').split(text).length > times * 2)
    // A day is left of ten.
    await write(-9 * dayMs, 10)
    const first = await stage.workers()
    await first.open({ ...anywhere, tls })
    await stage.told('certificate')
    expect(certificates(stage.notes)).toEqual([
      { kind: 'certificate', file: tls.cert, ending: expect.stringMatching(/^\d{4}-/) as string },
    ])
    await write(0, 30)
    await logged('is renewed')
    await stage.told('certificate', 2)
    expect(Date.parse(certificates(stage.notes)[1]?.until ?? '')).toBeGreaterThan(Date.now() + 29 * dayMs)
    await writeFile(tls.key, 'none')
    await logged('cannot be used')
    await stage.told('certificate', 3)
    expect(certificates(stage.notes)[2]?.error).toMatchObject({ code: 'HL1009' })
    // Whoever opens them next hears of what happened while nobody listened.
    await first[Symbol.asyncDispose]()
    await write(0, 40)
    await logged('is renewed', 2)
    const second = await stage.workers()
    await stage.told('certificate', 4)
    expect(Date.parse(certificates(stage.notes)[3]?.until ?? '')).toBeGreaterThan(Date.now() + 39 * dayMs)
    expect(certificates(stage.notes)).toHaveLength(4)
    await second.close(0)
  })

  it('of requests are in one file, and a file that cannot be written is told of', async () => {
    const stage = await WorkersStage.open()
    const file = path.join(stage.directory, 'access.log')
    const port = await originOf((_request, response) => response.end('ok'))
    const workers = await stage.workers({ options: { tellRelease: false, accessLog: { file, sample: 1 } } })
    const address = await workers.open(anywhere)
    await workers.install(tableOf(address, port))
    for (let index = 0; index < 20; index++)
      await fetch(`${urlOf(address)}${index}`, { headers: { connection: 'close' } }).then((answer) => answer.text())
    await workers.close(0)
    const records = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AccessRecord)
    expect(records).toHaveLength(20)
    expect(new Set(records.map((record) => record.path)).size).toBe(20)
    expect(records[0]).toMatchObject({ service: 'shop', lane: 'stable', status: 200, complete: true })

    const nowhere = path.join(stage.directory, 'missing', 'access.log')
    const others = await stage.workers({ options: { tellRelease: false, accessLog: { file: nowhere, sample: 1 } } })
    const place = await others.open(anywhere)
    await others.install(tableOf(place, port))
    await fetch(urlOf(place)).then((answer) => answer.text())
    await stage.told('access-log')
    expect(stage.notes.find((note) => note.kind === 'access-log')).toMatchObject({
      file: nowhere,
      error: { code: 'HL5006' },
    })
    await others.close(0)
  })
})
