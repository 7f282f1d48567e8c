import { stat } from 'node:fs/promises'
import type { Artifact } from '../model/artifact.ts'
import { errnoOf } from '../support/files.ts'
import { hashOnce } from './known-content.ts'
import { hashInName } from './take-artifact.ts'
import { treeDamage } from './tree-damage.ts'

/**
 * What is wrong with what a release runs, for people; undefined where it is what was kept. A program's content is compared
 * with its name, and read only where the file is another one than when it was asked for last. Rejects with the system's
 * error where it cannot be read, and with the signal's reason.
 */
export async function damageOf({ path, tree }: Artifact, signal: AbortSignal): Promise<string | undefined> {
  if (tree !== undefined) return treeDamage(tree, signal)
  if (path === undefined) return undefined
  const stats = await stat(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (stats === undefined) return `${path} is not there`
  const written = hashInName(path)
  if (written === undefined || (await hashOnce(path, signal)) === written) return undefined
  return `${path} is not what was written (it has ${stats.size} bytes)`
}
