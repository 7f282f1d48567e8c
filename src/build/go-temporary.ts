import { rm } from 'node:fs/promises'
import { makeScratch } from '../support/scratch.ts'
import type { GoSettings } from './go-command.ts'

/** Gives the Go command a directory of its own where its environment says that it is to work, else `scratch`. */
export async function withTemporary<T>(
  scratch: string,
  settings: GoSettings,
  work: (temporary: string) => Promise<T>,
): Promise<T> {
  if (settings.GOTMPDIR === '') return work(scratch)
  const temporary = await makeScratch(settings.GOTMPDIR)
  try {
    return await work(temporary)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
