import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import { followOutput } from './output.ts'
import { isAlive } from './processes.ts'
import { spawnGroup, type Group, type GroupOptions } from './spawn.ts'

const apps = path.resolve(import.meta.dirname, '../../../test/apps')
const env = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
)
const alive: Group[] = []

afterEach(async () => {
  await Promise.all(alive.splice(0).map((group) => group.end('SIGKILL', 0)))
})

async function run(argv: readonly [string, ...string[]], options: Partial<GroupOptions> = {}) {
  const group = await spawnGroup(argv, { directory: tmpdir(), env, ...options })
  alive.push(group)
  const lines: string[] = []
  const output = followOutput(group, (line) => lines.push(line))
  const said = (text: string) =>
    vi.waitFor(() => expect(lines.join('\n')).toContain(text), { timeout: 30_000, interval: 5 })
  return { group, lines, output, said }
}

function node(app: string, ...args: string[]): [string, ...string[]] {
  return [process.execPath, path.join(apps, app), ...args]
}

describe('spawnGroup', () => {
  it('hands arguments on as they are', async () => {
    const odd = ['a b', '$HOME', '"q"', '*', '']
    const { group, output, lines } = await run([
      process.execPath,
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...odd,
    ])
    expect(await group.exited).toEqual({ code: 0, signal: null })
    await output.settle()
    expect(JSON.parse(lines[0] ?? '')).toEqual(odd)
  })

  it('rejects with the error of the system', async () => {
    await expect(run(['/does/not/exist'])).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(run([apps])).rejects.toMatchObject({ code: 'EACCES' })
    await expect(run(['true'], { directory: '/does/not/exist' })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('feeds text to stdin, and does not mind who does not read it', async () => {
    const { group, output, lines } = await run(['cat'], { stdin: { text: 'über\n' } })
    await group.exited
    await output.settle()
    expect(lines).toEqual(['über'])
    const other = await run(['true'], { stdin: { text: 'x'.repeat(1 << 20) } })
    expect(await other.group.exited).toEqual({ code: 0, signal: null })
  })

  it('takes messages over IPC', async () => {
    const messages: unknown[] = []
    const { group } = await run([process.execPath, '-e', 'process.send({ hotlane: "ready" })'], {
      onMessage: (message) => messages.push(message),
    })
    await group.exited
    await vi.waitFor(() => expect(messages).toEqual([{ hotlane: 'ready' }]))
  })

  it('tells all output of a process that has ended, though a descendant keeps the pipe open', async () => {
    const { group, output, lines } = await run(node('leaves-pipe-open.mjs'))
    expect(await group.exited).toEqual({ code: 0, signal: null })
    await output.settle()
    const child = Number(/left (\d+)/.exec(lines[0] ?? '')?.[1])
    onTestFinished(() => void process.kill(child, 'SIGKILL'))
    expect(isAlive(child)).toBe(true)
    expect(lines).toEqual([`left ${child}`, 'no newline at the end'])
  })

  it('loses nothing of a long output', async () => {
    const { group, output, lines } = await run(['/bin/sh', '-c', 'seq 1 200000'])
    await group.exited
    await output.settle()
    expect(lines).toHaveLength(200_000)
    expect(lines.at(-1)).toBe('200000')
  })
})

describe('end', () => {
  it('returns when the process has ended, long before the grace is over, and signals once', async () => {
    const { group, lines, said } = await run(node('slow-exit.mjs', '100'))
    await said('up')
    expect(await group.end('SIGTERM', 3_600_000)).toEqual({ exit: { code: 0, signal: null }, killed: false })
    expect(lines.filter((line) => line.startsWith('SIGTERM'))).toEqual(['SIGTERM 1'])
  })

  it('kills after the grace what ignores the signal', async () => {
    const { group, said } = await run(node('ignores-sigterm.mjs'))
    await said('up')
    const ended = group.end('SIGTERM', 200)
    await said('ignored SIGTERM')
    expect(await ended).toEqual({ exit: { code: null, signal: 'SIGKILL' }, killed: true })
  })

  it('kills at once when told so', async () => {
    const { group, said } = await run(node('ignores-sigterm.mjs'))
    await said('up')
    const now = new AbortController()
    const ended = group.end('SIGTERM', 3_600_000, now.signal)
    await said('ignored SIGTERM')
    now.abort()
    expect((await ended).killed).toBe(true)
  })

  it('waits for a child whose shell has died earlier', async () => {
    const line = `${node('slow-exit.mjs', '100').join(' ')} & trap "exit 3" TERM; wait`
    const { group, said, lines } = await run(['/bin/sh', '-c', line])
    await said('up')
    expect(await group.end('SIGTERM', 3_600_000)).toEqual({ exit: { code: 3, signal: null }, killed: false })
    expect(lines).toContain('SIGTERM 1')
  })

  it.each([
    ['alive', ''],
    ['a shell that dies first', 'shell'],
  ])('ends children in the group and detached ones: parent %s', async (_, how) => {
    const mark = `HOTLANE_INSTANCE=test-${process.pid}-${how}`
    const command = node('family.mjs')
    const argv = how === '' ? command : (['/bin/sh', '-c', `${command.join(' ')} & trap "exit 0" TERM; wait`] as const)
    const { group, lines, said } = await run([...argv], {
      mark,
      env: { ...env, HOTLANE_INSTANCE: `test-${process.pid}-${how}` },
    })
    await said(']')
    const pids = JSON.parse(lines[0] ?? '') as number[]
    expect(pids.map(isAlive)).toEqual([true, true, true])
    expect((await group.end('SIGTERM', 200)).killed).toBe(true)
    expect(pids.map(isAlive)).toEqual([false, false, false])
  })

  it('ends what the first process left behind, and does nothing the second time', async () => {
    const { group, lines, output } = await run(['/bin/sh', '-c', 'sleep 3600 & echo $!'])
    await group.exited
    await output.settle()
    const child = Number(lines[0])
    expect(isAlive(child)).toBe(true)
    expect(await group.end('SIGTERM', 3_600_000)).toEqual({ exit: { code: 0, signal: null }, killed: false })
    expect(isAlive(child)).toBe(false)
    expect((await group.end('SIGTERM', 3_600_000)).killed).toBe(false)
  })
})
