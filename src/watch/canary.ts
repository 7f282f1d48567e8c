import { chownSync, statSync } from 'node:fs'

/**
 * Makes an event about a directory without changing anything in it: the owner is set to what it is. False where that is
 * not allowed, or is not known to make an event (other systems than Linux), so that silence means nothing.
 */
export function stir(directory: string): boolean {
  if (process.platform !== 'linux') return false
  try {
    const { uid, gid } = statSync(directory)
    chownSync(directory, uid, gid)
    return true
  } catch {
    return false
  }
}
