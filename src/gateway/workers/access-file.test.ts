import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import type { HotlaneError } from '../../support/errors.ts'
import type { AccessRecord } from '../access-log.ts'
import { AccessFile } from './access-file.ts'

const record = (name: string): AccessRecord => ({
  at: 0,
  service: 'shop',
  lane: 'stable',
  release: 1,
  target: 'shop-1',
  peer: '127.0.0.1',
  method: 'GET',
  host: 'a.test',
  path: name,
  status: 200,
  complete: true,
  ms: 1,
  bytesIn: 1,
  bytesOut: 1,
  traceId: undefined,
  requestId: undefined,
})

async function directory(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'hotlane-access-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

const pathsIn = async (file: string): Promise<readonly string[]> =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as AccessRecord).path)

it('adds whole lines, in order, and begins a new file where the old one was moved away', async () => {
  const file = path.join(await directory(), 'access.log')
  const log = new AccessFile({ file, sample: 1 }, (error) => expect.unreachable(error.message))
  for (const name of ['/a', '/b']) log.write(record(name))
  await log.close()
  expect(JSON.parse((await readFile(file, 'utf8')).split('\n')[0] ?? '')).toMatchObject({
    at: '1970-01-01T00:00:00.000Z',
    service: 'shop',
    status: 200,
  })
  expect(await pathsIn(file)).toEqual(['/a', '/b'])
  await rename(file, `${file}.1`)
  log.write(record('/c'))
  await log.close()
  expect(await pathsIn(file)).toEqual(['/c'])
  expect(await pathsIn(`${file}.1`)).toEqual(['/a', '/b'])
})

it('tells once that it cannot be written, drops what it has, and goes on when it can', async () => {
  const place = await directory()
  const away = path.join(place, 'not-yet')
  const errors: HotlaneError[] = []
  const log = new AccessFile({ file: path.join(away, 'access.log'), sample: 1 }, (error) => errors.push(error))
  for (const name of ['/a', '/b']) {
    log.write(record(name))
    await log.close()
  }
  expect(errors.map(({ code }) => code)).toEqual(['HL5006'])
  await mkdir(away)
  log.write(record('/c'))
  await log.close()
  expect(await pathsIn(path.join(away, 'access.log'))).toEqual(['/c'])
})
