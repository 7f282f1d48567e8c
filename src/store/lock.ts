import { randomUUID } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'
import { isAlive, startTimeOf } from '../support/group/processes.ts'
import type { StateDirectory } from './state.ts'

/** Locks of this very process, which its own pid cannot tell from those of a dead one with the same pid. */
const held = new Set<string>()

/**
 * Takes the project for one session; the returned function gives it back. A lock whose owner is gone, by pid and start
 * time, is taken over.
 * @throws HotlaneError HL7002 if a live session holds it
 */
export async function lockState(state: StateDirectory): Promise<() => Promise<void>> {
  const file = path.join(state.root, 'hotlane.pid')
  const mine = `${file}.${process.pid}.${randomUUID()}`
  await writeFile(mine, `${process.pid} ${(await startTimeOf(process.pid)) ?? ''}`)
  try {
    return await takeLock(mine, file, state)
  } finally {
    await rm(mine, { force: true })
  }
}

async function takeLock(mine: string, file: string, state: StateDirectory): Promise<() => Promise<void>> {
  for (;;) {
    try {
      // Linked with its content, so that nobody reads an empty lock.
      await link(mine, file)
      held.add(file)
      return async () => {
        held.delete(file)
        await rm(file, { force: true })
      }
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
    const owner = held.has(file) ? process.pid : await liveOwner(file)
    if (owner !== undefined) {
      throw new HotlaneError('HL7002', { params: { pid: owner, directory: path.dirname(state.root) } })
    }
    await rm(file, { force: true })
  }
}

async function liveOwner(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const [pid = '', ...startTime] = text.split(' ')
  const owner = Number(pid)
  if (!Number.isInteger(owner) || owner <= 0) return undefined
  return isAlive(owner) && (await startTimeOf(owner)) === startTime.join(' ') ? owner : undefined
}
