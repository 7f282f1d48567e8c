import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { errnoOf } from './files.ts'

const prefix = '.building-'

/** Tells this process from an earlier one that had the same pid, as pid 1 of a container always has. */
const self = `${process.pid}-${randomBytes(4).toString('hex')}`

/**
 * Makes a directory for work in progress, whose name tells who works there: `.building-<pid>-<process>-<random>`.
 * Its maker removes it; what a killed process left is known by `isAbandoned`.
 */
export async function makeScratch(parent: string): Promise<string> {
  const scratch = path.join(parent, `${prefix}${self}-${randomBytes(4).toString('hex')}`)
  await mkdir(scratch, { recursive: true })
  return scratch
}

/** Whether a directory entry is the scratch of a process that no longer lives. */
export function isAbandoned(name: string): boolean {
  const pid = /^\.building-(\d+)-[0-9a-f]+-[0-9a-f]+$/.exec(name)?.[1]
  if (pid === undefined) return false
  if (Number(pid) === process.pid) return !name.startsWith(`${prefix}${self}-`)
  return !isAlive(Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errnoOf(error) === 'EPERM'
  }
}
