import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { hashFile } from '../support/files.ts'

/** SHA-256 in hex by identity of the file: most of what is kept is as it was when it was read last. */
const known = new Map<string, string>()
/** More than this are not remembered, so that a huge tree costs time and not memory. */
const maxKnown = 200_000

/** Hash of a file with these stats, where its content was read before. */
export function knownHash(stats: BigIntStats): string | undefined {
  return known.get(identityOf(stats))
}

/** Keeps in mind what a file with these stats holds. */
export function rememberHash(stats: BigIntStats, hash: string): void {
  remember(identityOf(stats), hash)
}

/** The same for one in the store. */
export function rememberKept(stats: BigIntStats, hash: string): void {
  remember(keptIdentityOf(stats), hash)
}

/** SHA-256 of what is in the store, in hex; read only where the file is another one than when it was read last. */
export async function hashOnce(file: string, signal: AbortSignal): Promise<string> {
  const identity = keptIdentityOf(await lstat(file, { bigint: true }))
  const remembered = known.get(identity)
  if (remembered !== undefined) return remembered
  const hash = await hashFile(file, signal)
  remember(identity, hash)
  return hash
}

function remember(identity: string, hash: string): void {
  if (known.size < maxKnown) known.set(identity, hash)
}

function identityOf(stats: BigIntStats): string {
  return `${keptIdentityOf(stats)} ${stats.ctimeNs}`
}

/** Each tree that has a file, and each that is collected, changes the time of the file's status. */
function keptIdentityOf({ dev, ino, size, mtimeNs, mode }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, mode].join(' ')
}
