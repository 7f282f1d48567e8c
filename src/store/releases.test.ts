import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Release } from '../model/release.ts'
import { planOf } from '../model/strategies.ts'
import { differenceOf } from './release-difference.ts'
import { type ReleaseContent, Releases } from './releases.ts'
import { Reports } from './reports.ts'
import { takeArtifact } from './take-artifact.ts'

let directory = ''
let releases = new Releases('')
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-releases-'))
  releases = new Releases(path.join(directory, 'releases'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const at = new Date(0)

function contentOf(name: string, hash: string, environment: Readonly<Record<string, string>> = {}): ReleaseContent {
  const service = { name, args: ['--port', '1'], env: { LEVEL: 'info' } } as unknown as Release['service']
  return {
    service,
    plan: planOf('canary', 2),
    artifact: { hash, path: `/artifacts/${hash}` },
    environment,
    origin: { kind: 'build' },
  }
}

describe('releases', () => {
  it('are numbered from 1 within their service, and had back as they were', async () => {
    const first = await releases.make(contentOf('shop', 'a', { KEY: 'v' }), at)
    expect(first).toMatchObject({ number: 1, madeAt: '1970-01-01T00:00:00.000Z' })
    expect(await releases.make(contentOf('shop', 'b'), at)).toMatchObject({ number: 2 })
    expect(await releases.make(contentOf('a/b', 'c'), at)).toMatchObject({ number: 1 })
    expect(await releases.load('shop', 1)).toEqual(first)
    expect(await releases.load('a/b', 1)).toMatchObject({ artifact: { hash: 'c' } })
    expect(await releases.list('none')).toEqual([])
  })

  it('are for the user alone', async () => {
    await releases.make(contentOf('shop', 'a'), at)
    const mode = async (...parts: string[]) => (await stat(path.join(directory, 'releases', ...parts))).mode & 0o777
    expect(await mode('shop', '1.json')).toBe(0o600)
    expect(await mode('shop')).toBe(0o700)
  })

  it('that do not exist, or are not what was written, are told apart', async () => {
    await releases.make(contentOf('shop', 'a'), at)
    await expect(releases.load('shop', 7)).rejects.toMatchObject({ code: 'HL6102' })
    await writeFile(path.join(directory, 'releases', 'shop', '1.json'), '{"number":1')
    await expect(releases.load('shop', 1)).rejects.toMatchObject({ code: 'HL6105' })
  })

  it('are repeated with the same content under a new number', async () => {
    const first = await releases.make(contentOf('shop', 'a', { KEY: 'v' }), at)
    const again = await releases.repeat('shop', 1)
    expect(again).toMatchObject({ number: 2, origin: { kind: 'rollback', of: 1 }, environment: { KEY: 'v' } })
    expect(differenceOf(first, again)).toEqual([])
  })

  it('are collected beyond those to keep, but for those needed; numbers are never used again', async () => {
    for (const hash of ['a', 'b', 'c', 'd']) await releases.make(contentOf('shop', hash), at)
    expect(await releases.collect('shop', { least: 1, needed: new Set([2]) })).toEqual([1, 3])
    expect(await releases.list('shop')).toEqual([2, 4])
    expect(await releases.artifacts()).toEqual(new Set(['/artifacts/b', '/artifacts/d']))
    await releases.collect('shop', { least: 0, needed: new Set() })
    expect(await releases.list('shop')).toEqual([4])
    expect(await releases.make(contentOf('shop', 'e'), at)).toMatchObject({ number: 5 })
  })
})

it('keeps releases to go back to, however many were given up after them', async () => {
  for (const hash of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await releases.make(contentOf('shop', hash), at)
  const failed = new Set([3, 4, 5, 6])
  expect(await releases.collect('shop', { least: 2, needed: new Set([7]), failed })).toEqual([1, 3, 4])
  expect(await releases.list('shop')).toEqual([2, 5, 6, 7])
})

describe('the difference of two releases', () => {
  const release = (content: ReleaseContent): Release => ({ ...content, number: 1, madeAt: '' })

  it('names what was added, changed and removed', () => {
    const before = release(contentOf('shop', 'a', { OLD: '1', SAME: 'x', MODE: 'slow' }))
    const after = release(contentOf('shop', 'b', { NEW: '2', SAME: 'x', MODE: 'fast' }))
    expect(differenceOf(before, after)).toEqual([
      { key: 'artifact.hash', before: 'a', after: 'b' },
      { key: 'environment.MODE', before: 'slow', after: 'fast' },
      { key: 'environment.NEW', after: '2' },
      { key: 'environment.OLD', before: '1' },
    ])
  })

  it.each(['SHOP_SECRET', 'api_key', 'DB_PASSWORD', 'GITHUB_TOKEN', 'DATABASE_URL', 'AWS_ACCESS_KEY_ID', 'SENTRY_DSN'])(
    'does not tell the value of %s',
    (name) => {
      const before = release(contentOf('shop', 'a', { [name]: 'hunter2' }))
      const after = release(contentOf('shop', 'a', { [name]: 'hunter3' }))
      expect(differenceOf(before, after)).toEqual([
        { key: `environment.${name}`, before: '(not shown)', after: '(not shown)' },
      ])
      expect(JSON.stringify(differenceOf(before, release(contentOf('shop', 'a'))))).not.toContain('hunter')
    },
  )
})

describe('a program from elsewhere', () => {
  it('is copied by its content, once, and can be run', async () => {
    const file = path.join(directory, 'program')
    await writeFile(file, '#!/bin/sh\n')
    const { signal } = new AbortController()
    const place = { directory: path.join(directory, 'artifacts'), service: 'shop' }
    const taken = await takeArtifact(file, place, signal)
    expect(await takeArtifact(file, place, signal)).toEqual(taken)
    await writeFile(file, 'another')
    expect(await readFile(taken.path ?? '', 'utf8')).toBe('#!/bin/sh\n')
    expect((await stat(taken.path ?? '')).mode & 0o111).toBe(0o111)
    expect(taken.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('that is not there is told', async () => {
    const { signal } = new AbortController()
    await expect(
      takeArtifact(path.join(directory, 'none'), { directory, service: 'shop' }, signal),
    ).rejects.toMatchObject({
      code: 'HL6106',
    })
  })
})

describe('reports', () => {
  it('are kept by release', async () => {
    const reports = new Reports(path.join(directory, 'reports'))
    const report = { rollout: { service: 'shop', to: 3 }, lost: 0 } as Parameters<Reports['write']>[0]
    await reports.write(report)
    expect(await reports.read('shop', 3)).toEqual(report)
    await expect(reports.read('shop', 4)).rejects.toMatchObject({ code: 'HL6107' })
  })
})
