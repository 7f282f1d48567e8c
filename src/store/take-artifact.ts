import { randomBytes } from 'node:crypto'
import { chmod, constants, copyFile, mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Artifact } from '../model/artifact.ts'
import { errnoOf, exists, hashFile } from '../support/files.ts'
import { HotlaneError } from '../support/errors.ts'

/**
 * Copies a program that was built elsewhere among the artifacts, named by its content. The copy is what is hashed, so it
 * does not matter whether the file changes meanwhile.
 * @throws HotlaneError HL6106 if it cannot be read
 */
export async function takeArtifact(file: string, directory: string, signal: AbortSignal): Promise<Artifact> {
  await mkdir(directory, { recursive: true })
  const temporary = path.join(directory, `.taken-${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    await copyFile(file, temporary, constants.COPYFILE_FICLONE).catch((error: unknown) => {
      throw new HotlaneError('HL6106', { params: { file, reason: errnoOf(error) ?? String(error) }, cause: error })
    })
    await chmod(temporary, 0o755)
    const hash = await hashFile(temporary, signal)
    const kept = path.join(directory, hash)
    if (!(await exists(kept))) await rename(temporary, kept)
    return { hash, path: kept }
  } finally {
    await rm(temporary, { force: true })
  }
}
