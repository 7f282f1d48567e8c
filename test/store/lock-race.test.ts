import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockState } from '../../src/store/lock.ts'

const racer = new URL('../apps/lock-racer.mjs', import.meta.url)

interface Answer {
  readonly owns?: boolean
  readonly code?: string
}

let base = ''
let racers: readonly ChildProcess[] = []

beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'hotlane-race-'))
})
afterEach(async () => {
  await end()
  await rm(base, { recursive: true })
})

async function start(count: number): Promise<void> {
  racers = Array.from({ length: count }, () => fork(racer))
  await Promise.all(racers.map((each) => once(each, 'message')))
}

async function end(): Promise<void> {
  const ended = racers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  await Promise.all(
    ended.map((each) => {
      each.kill('SIGKILL')
      return once(each, 'exit')
    }),
  )
  racers = []
}

async function tell(message: object): Promise<readonly Answer[]> {
  return Promise.all(
    racers.map(async (each) => {
      const answered = once(each, 'message')
      each.send(message)
      const [answer] = (await answered) as [Answer]
      return answer
    }),
  )
}

/** A state directory whose lock is that of a process that is gone. */
async function abandoned(round: number): Promise<string> {
  const root = path.join(base, String(round))
  await mkdir(root)
  await writeFile(path.join(root, 'hotlane.pid'), `999999999 ${round}@x`)
  return root
}

it('has one owner and no other, however many take over a dead lock at once', async () => {
  await start(6)
  for (let round = 0; round < 200; round++) {
    const root = await abandoned(round)
    const answers = await tell({ root })
    expect(answers.filter(({ owns }) => owns)).toHaveLength(1)
    expect(new Set(answers.flatMap(({ code }) => (code === undefined ? [] : [code])))).toEqual(new Set(['HL7002']))
    const owner = racers[answers.findIndex(({ owns }) => owns)]
    expect(await readFile(path.join(root, 'hotlane.pid'), 'utf8')).toMatch(new RegExp(`^${owner?.pid ?? ''} `))
    expect(await readdir(root)).toEqual(['hotlane.pid'])
    await tell({ give: true })
    expect(await readdir(root)).toEqual([])
  }
})

it('can be had when all that raced for it were killed in the middle of it', async () => {
  for (let round = 0; round < 15; round++) {
    const root = await abandoned(round)
    await start(3)
    for (const each of racers) each.send({ root })
    await Promise.race(racers.map((each) => once(each, 'message')))
    await end()
    const unlock = await lockState({ root })
    await expect(lockState({ root })).rejects.toMatchObject({ code: 'HL7002' })
    await unlock()
  }
})
