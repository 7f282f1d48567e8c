import { createHash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { errnoOf, exists, textIfThere } from '../support/files.ts'
import { createSlots } from '../support/slots.ts'
import { hashOnce } from './known-content.ts'
import { filesIn, hashInKey, listOf } from './tree-list.ts'

const parallel = 16

/**
 * What a loss of power, or a failing disk, has done to a tree, for people; undefined where it is whole. What a program itself
 * has removed or written in its tree is its own business. Each content is read once, so that asking again is cheap. Rejects
 * with the signal's reason.
 */
export async function treeDamage(tree: string, signal: AbortSignal): Promise<string | undefined> {
  if (!(await exists(tree))) return `${tree} is not there`
  const list = listOf(tree)
  const text = await textIfThere(list)
  if (text === undefined) return `${list} is not there`
  if (!createHash('sha256').update(text).digest('hex').startsWith(path.basename(tree))) {
    return `${list} is not what was written`
  }
  const { mtimeMs } = await lstat(list)
  const slots = createSlots(parallel)
  const files = filesIn(text)
  const damaged = await Promise.all(
    files.map(({ name, key }) =>
      slots(() => isDamaged(path.join(tree, name), { hash: hashInKey(key), listedAtMs: mtimeMs }, signal)),
    ),
  )
  const first = files[damaged.indexOf(true)]
  return first === undefined ? undefined : `${path.join(tree, first.name)} is not what was written`
}

async function isDamaged(
  file: string,
  { hash, listedAtMs }: { readonly hash: string; readonly listedAtMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  signal.throwIfAborted()
  const stats = await lstat(file).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  })
  // Neither a loss of power nor a disk that fails leaves a later time.
  if (stats?.isFile() !== true || stats.mtimeMs > listedAtMs) return false
  return (await hashOnce(file, signal)) !== hash
}
