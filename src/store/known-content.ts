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
  if (known.size < maxKnown) known.set(identityOf(stats), hash)
}

/** SHA-256 of a file's content, in hex; read only where the file is another one than when it was read last. */
export async function hashOnce(file: string, signal: AbortSignal): Promise<string> {
  const stats = await lstat(file, { bigint: true })
  const remembered = knownHash(stats)
  if (remembered !== undefined) return remembered
  const hash = await hashFile(file, signal)
  rememberHash(stats, hash)
  return hash
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs, mode }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs, mode].join(' ')
}
