import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'

import type { Command } from '../model/service.ts'
import { isAlive } from '../support/group/processes.ts'
import { type CommandOptions, runCommand } from './command.ts'

const apps = path.resolve(import.meta.dirname, '../../test/apps')
const never = new AbortController().signal

let processes = ''
let lines: string[] = []
beforeEach(async () => {
  processes = await mkdtemp(path.join(tmpdir(), 'hotlane-command-'))
  lines = []
})
afterEach(() => rm(processes, { recursive: true }))

function run(command: Command, change: Partial<CommandOptions> = {}, signal = never) {
  const options = {
    directory: tmpdir(),
    env: { PATH: process.env['PATH'] ?? '' },
    output: (line: string) => void lines.push(line),
    processes,
    id: `command-test-${process.pid}`,
    kind: 'hook',
    service: 'shop',
    ...change,
  }
  return runCommand(command, options, signal)
}

const shell = (line: string): Command => ({ kind: 'shell', line })

describe('runCommand', () => {
  it('resolves with the exit, whatever it is, when all output is told', async () => {
    expect(await run(shell('echo one; echo two >&2; printf three; exit 4'))).toEqual({ code: 4, signal: null })
    expect(lines.toSorted()).toEqual(['one', 'three', 'two'])
    expect(await readdir(processes)).toEqual([])
  })

  it('hands on args, input and environment', async () => {
    const args = ['a b', '$(date)', '"']
    await run(shell('cat; printf "%s|" "$X"'), { input: 'in\n', args: [], env: { X: 'x' } })
    expect(lines).toEqual(['in', 'x|'])
    lines = []
    await run(shell('printf "%s|"'), { args })
    expect(lines).toEqual(['a b|$(date)|"|'])
  })

  it('throws HL4003 for a program that is not there, and lists nothing', async () => {
    await expect(run({ kind: 'argv', argv: ['no-such-program-here'] })).rejects.toMatchObject({ code: 'HL4003' })
    expect(await readdir(processes)).toEqual([])
  })

  it('ends what the command left in the background', async () => {
    expect(await run(shell('sleep 3600 & echo $!'))).toEqual({ code: 0, signal: null })
    expect(isAlive(Number(lines[0]))).toBe(false)
  })

  it('leaves a daemon alone and does not wait for the pipe that it holds', async () => {
    const exit = await run({ kind: 'argv', argv: [process.execPath, path.join(apps, 'leaves-pipe-open.mjs')] })
    expect(exit).toEqual({ code: 0, signal: null })
    const daemon = Number(/left (\d+)/.exec(lines[0] ?? '')?.[1])
    onTestFinished(() => void process.kill(daemon, 'SIGKILL'))
    expect(isAlive(daemon)).toBe(true)
  })

  it('ends the whole group when aborted, and rejects with the reason when it is gone', async () => {
    const abort = new AbortController()
    const line = `"${process.execPath}" "${path.join(apps, 'ignores-sigterm.mjs')}" & echo $!; wait`
    const running = run(shell(line), {}, abort.signal)
    await vi.waitFor(() => expect(lines).toContain('up'), { timeout: 30_000 })
    expect(await readdir(processes)).toHaveLength(1)
    const reason = new Error('superseded')
    abort.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(isAlive(Number(lines[0]))).toBe(false)
    expect(await readdir(processes)).toEqual([])
    await expect(run(shell('true'), {}, abort.signal)).rejects.toBe(reason)
  })
})
