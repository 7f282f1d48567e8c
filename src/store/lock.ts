import { createHash, randomUUID } from 'node:crypto'
import { link, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf, textIfThere } from '../support/files.ts'
import { isAlive, startTimeOf } from '../support/group/processes.ts'
import type { StateDirectory } from './state.ts'

/** Locks of this very process, which its own pid cannot tell from those of a dead one with the same pid. */
const held = new Set<string>()

/**
 * Takes the project for one session; the returned function gives it back. A lock whose owner is gone, by pid and start
 * time, is taken over: of any number that do so at once, by one.
 * @throws HotlaneError HL7002 if a live session holds it
 */
export async function lockState({ root }: Pick<StateDirectory, 'root'>): Promise<() => Promise<void>> {
  const file = path.join(root, 'hotlane.pid')
  const mine = `${file}.${process.pid}.${randomUUID()}`
  // No two locks have the same text, not even those of one process.
  await writeFile(mine, `${process.pid} ${(await startTimeOf(process.pid)) ?? ''}\n${randomUUID()}\n`)
  try {
    while (!(await isLinked(mine, file))) {
      if (held.has(file)) throw heldBy(process.pid, root)
      const dead = await textIfThere(file)
      if (dead !== undefined && (await takeOver(mine, { file, dead, root }))) break
    }
    held.add(file)
    return async () => {
      held.delete(file)
      await rm(file, { force: true })
    }
  } finally {
    await rm(mine, { force: true })
  }
}

/**
 * To remove a dead lock is not safe: it may be another's new one by then. So whoever wants it first makes itself the one
 * successor of that very text, which only one can, and then puts its own lock in the place of the dead one. A successor
 * that dies in between has a successor itself. False where the lock has changed meanwhile.
 */
async function takeOver(
  mine: string,
  { file, dead, root }: { readonly file: string; readonly dead: string; readonly root: string },
): Promise<boolean> {
  let claim = ''
  for (let text: string | undefined = dead; ; text = await textIfThere(claim)) {
    if (text === undefined) return false
    const owner = await liveOwner(text)
    if (owner !== undefined) throw heldBy(owner, root)
    claim = `${file}.after.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
    if (await isLinked(mine, claim)) break
  }
  // A claim that is free may also be that of a successor which is done, and then the lock is not the dead one any more.
  if ((await textIfThere(file)) !== dead) {
    await rm(claim, { force: true })
    return false
  }
  await rename(mine, file)
  // A claim counts only while its lock is there, so all that are left are good for nothing; so is what a killed process left.
  const names = (await readdir(root)).filter((name) => {
    const [, kind = '', pid] = /^hotlane\.pid\.(after|(\d+))\./.exec(name) ?? []
    return kind === 'after' || (pid !== undefined && !isAlive(Number(pid)))
  })
  await Promise.all(names.map((name) => rm(path.join(root, name), { force: true })))
  return true
}

/** Gives a file a second name, with its content, so that nobody reads an empty lock; false where the name is taken. */
async function isLinked(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

async function liveOwner(text: string): Promise<number | undefined> {
  const [pid = '', ...startTime] = (text.split('\n')[0] ?? '').split(' ')
  const owner = Number(pid)
  if (!Number.isInteger(owner) || owner <= 0) return undefined
  return isAlive(owner) && (await startTimeOf(owner)) === startTime.join(' ') ? owner : undefined
}

function heldBy(pid: number, root: string): HotlaneError {
  return new HotlaneError('HL7002', { params: { pid, directory: path.dirname(root) } })
}
