import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProcess, startTimeOf } from '../support/group/processes.ts'
import { lockState } from './lock.ts'
import { type StateDirectory, openState, socketPath } from './state.ts'

let directory: string
let state: StateDirectory

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-lock-'))
  state = await openState(directory, process.platform)
})

afterEach(() => rm(directory, { recursive: true }))

describe('the lock of a project', () => {
  it('is held by one session, and free again after it', async () => {
    const unlock = await lockState(state)
    await expect(lockState(state)).rejects.toMatchObject({ code: 'HL7002' })
    await unlock()
    await (
      await lockState(state)
    )()
  })

  it.each([
    ['a process that is gone', '999999999 1@x'],
    ['another process that has got the same pid since', `${process.ppid} 1@x`],
    ['a process of the same pid before a restart of the machine', `${process.pid} 1@x`],
    ['nobody, since the file is torn', ''],
  ])('is taken over from %s', async (_name, content) => {
    await writeFile(path.join(state.root, 'hotlane.pid'), content)
    const unlock = await lockState(state)
    expect(await readFile(path.join(state.root, 'hotlane.pid'), 'utf8')).toMatch(new RegExp(`^${process.pid} `))
    await unlock()
  })
})

describe.runIf(process.platform === 'linux')('the lock of a process that has ended', () => {
  it('is taken over, though its parent has not collected it', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'ignore'] })
    try {
      const [text] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(text.toString())
      const startTime = await startTimeOf(pid)
      while ((await findProcess(pid))?.dead === false) await new Promise((resolve) => setImmediate(resolve))
      await writeFile(path.join(state.root, 'hotlane.pid'), `${pid} ${startTime ?? ''}`)
      const unlock = await lockState(state)
      expect(await readFile(path.join(state.root, 'hotlane.pid'), 'utf8')).toMatch(new RegExp(`^${process.pid} `))
      await unlock()
    } finally {
      parent.kill('SIGKILL')
      await once(parent, 'exit')
    }
  })
})

describe('the control socket', () => {
  it('is inside of the project where its path is short enough, else in the temporary directory', () => {
    expect(socketPath('/p/.hotlane', 'linux')).toBe('/p/.hotlane/api.sock')
    expect(socketPath(`/${'long/'.repeat(30)}.hotlane`, 'linux').length).toBeLessThan(100)
    expect(socketPath('C:\\p\\.hotlane', 'win32')).toMatch(/^\\\\\.\\pipe\\hotlane-/)
  })
})
