import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { errnoOf } from '../../support/files.ts'
import { type GoShape, goShape } from './go-shape.ts'

/** What is known of a file's content. */
export interface FileMark {
  /** Equal stamp: not written since. Empty where the file was so new that a later write could leave the same stamp. */
  readonly stamp: string
  /** SHA-256; empty for a file that does not exist. */
  readonly hash: string
  /** Of a Go file. */
  readonly shape?: GoShape
}

/** Two writes within the clock's grain leave the same time; no file system in use here has a coarser one but FAT. */
const grainNs = 50_000_000n

/** Looks at a file, and reads it unless its stamp is the known one. What is no plain file counts as absent. */
export async function markFile(file: string, known?: FileMark): Promise<FileMark> {
  const stats = await stat(file, { bigint: true }).catch(absent)
  if (stats?.isFile() !== true) return { stamp: '', hash: '' }
  const stamp = stampOf(stats)
  if (known !== undefined && known.stamp === stamp) return known
  const content = await readFile(file).catch(absent)
  if (content === undefined) return { stamp: '', hash: '' }
  const settled = BigInt(Date.now()) * 1_000_000n - stats.mtimeNs > grainNs
  const hash = createHash('sha256').update(content).digest('base64')
  const mark = { stamp: settled ? stamp : '', hash }
  if (known?.hash === hash) return { ...known, ...mark }
  return file.endsWith('.go') ? { ...mark, shape: goShape(content.toString()) } : mark
}

/** Changes with each write of a file. */
export function stampOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
}

function absent(error: unknown): undefined {
  if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
  throw error
}
