import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { followOutput } from '../support/group/output.ts'
import { isAlive } from '../support/group/processes.ts'
import { spawnGroup } from '../support/group/spawn.ts'
import { openEntry, parseEntry } from './journal.ts'
import { reap } from './reap.ts'

const apps = path.resolve(import.meta.dirname, '../../test/apps')
const never = new AbortController().signal

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-reap-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** What a hotlane that was killed leaves: a listed group that runs. */
async function leave(id: string, argv: readonly [string, ...string[]]) {
  const entry = await openEntry(directory, { id, service: 'shop', kind: 'instance' })
  const env = { PATH: process.env['PATH'] ?? '', HOTLANE_INSTANCE: id }
  const group = await spawnGroup(argv, { directory: tmpdir(), env, mark: `HOTLANE_INSTANCE=${id}` })
  onTestFinished(() => void group.end('SIGKILL', 0))
  const lines: string[] = []
  followOutput(group, (line) => lines.push(line))
  await entry.assign(group.pid)
  const said = (text: string) => vi.waitFor(() => expect(lines.join('\n')).toContain(text), { timeout: 30_000 })
  return { pid: group.pid, exited: group.exited, lines, said }
}

function idOf(name: string): string {
  return `reap-test-${process.pid}-${name}`
}

describe('reap', () => {
  it('ends a listed group gracefully, with its children and strays', async () => {
    const left = await leave(idOf('family'), [process.execPath, path.join(apps, 'family.mjs')])
    await left.said(']')
    const pids = JSON.parse(left.lines[0] ?? '') as number[]
    expect(await reap(directory, never)).toEqual([{ pid: left.pid, service: 'shop' }])
    expect(pids.filter(isAlive)).toEqual([])
    expect(await readdir(directory)).toEqual([])
    expect(await reap(directory, never)).toEqual([])
  })

  it('gives a process the time to end well', async () => {
    const left = await leave(idOf('slow'), [process.execPath, path.join(apps, 'slow-exit.mjs'), '50'])
    await left.said('up')
    await reap(directory, never)
    expect(await left.exited).toEqual({ code: 0, signal: null })
  })

  it('never touches a process that has got a listed pid', async () => {
    const stranger = await leave(idOf('stranger'), [process.execPath, path.join(apps, 'idle.mjs')])
    await stranger.said('idle')
    const [name = ''] = await readdir(directory)
    const entry = JSON.parse(await readFile(path.join(directory, name), 'utf8')) as Record<string, unknown>
    await rm(path.join(directory, name))
    const reused = { ...entry, id: idOf('gone'), startTime: `1${String(entry['startTime'])}` }
    await writeFile(path.join(directory, 'reused.json'), JSON.stringify(reused))
    const { startTime: _, ...timeless } = { ...reused, id: idOf('timeless') }
    await writeFile(path.join(directory, 'timeless.json'), JSON.stringify(timeless))
    expect(await reap(directory, never)).toEqual([])
    expect(isAlive(stranger.pid)).toBe(true)
    expect(await readdir(directory)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('finds by its mark what was spawned but not yet listed', async () => {
    const left = await leave(idOf('unlisted'), [process.execPath, path.join(apps, 'idle.mjs')])
    await left.said('idle')
    const entry = { id: idOf('unlisted'), service: 'shop', kind: 'instance' }
    for (const name of await readdir(directory)) await writeFile(path.join(directory, name), JSON.stringify(entry))
    expect(await reap(directory, never)).toEqual([{ pid: left.pid, service: 'shop' }])
    expect(isAlive(left.pid)).toBe(false)
  })

  it('clears torn entries, and a directory that is not there holds none', async () => {
    await writeFile(path.join(directory, 'torn.json'), '{"id":"x","serv')
    await writeFile(path.join(directory, 'half.json.12.ab'), '{}')
    await writeFile(path.join(directory, 'empty.json'), '')
    expect(await reap(directory, never)).toEqual([])
    expect(await readdir(directory)).toEqual([])
    expect(await reap(path.join(directory, 'none'), never)).toEqual([])
  })

  it('kills at once when aborted, and rejects with the reason', async () => {
    const left = await leave(idOf('stubborn'), [process.execPath, path.join(apps, 'ignores-sigterm.mjs')])
    await left.said('up')
    const abort = new AbortController()
    const reaping = reap(directory, abort.signal)
    await left.said('ignored SIGTERM')
    abort.abort(new Error('now'))
    await expect(reaping).rejects.toThrow('now')
    expect(await left.exited).toEqual({ code: null, signal: 'SIGKILL' })
  })
})

describe('parseEntry', () => {
  it('takes nothing for a pid that could mean more than one process of ours', () => {
    const entry = { id: 'a', service: 's', kind: 'instance' }
    for (const pid of [0, 1, -1, 1.5, '7', null]) expect(parseEntry(JSON.stringify({ ...entry, pid }))).toEqual(entry)
    expect(parseEntry(JSON.stringify({ ...entry, id: '' }))).toBeUndefined()
    expect(parseEntry('[]')).toBeUndefined()
    expect(parseEntry('null')).toBeUndefined()
  })
})
