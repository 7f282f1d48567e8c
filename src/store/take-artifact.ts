import { chmod, constants, copyFile, link, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Artifact } from '../model/artifact.ts'
import { makeDurable } from '../support/durable.ts'
import { HotlaneError } from '../support/errors.ts'
import { asFileName, errnoOf, hashFile } from '../support/files.ts'
import { makeScratch } from '../support/scratch.ts'

export interface ArtifactPlace {
  /** Directory of artifacts, `.hotlane/artifacts`. */
  readonly directory: string
  /** Stands in the file's name, and so in the name of the process. */
  readonly service: string
  /** The file never changes, since a builder keeps it: one more name is enough. */
  readonly isKept?: boolean
}

/**
 * Keeps a program for a release, named by the SHA-256 of its content, which `damageOf` compares it with. What is hashed is
 * the copy, so it does not matter whether the file changes meanwhile; it is on the disk when this resolves. One that is there
 * under the name already is replaced, since a loss of power may have damaged it.
 * @throws HotlaneError HL6106 if it cannot be read
 */
export async function takeArtifact(
  file: string,
  { directory, service, isKept = false }: ArtifactPlace,
  signal: AbortSignal,
): Promise<Artifact> {
  const scratch = await makeScratch(directory)
  const temporary = path.join(scratch, 'program')
  try {
    const isLinked = isKept && (await linked(file, temporary))
    if (!isLinked) {
      await copyFile(file, temporary, constants.COPYFILE_FICLONE).catch((error: unknown) => {
        throw new HotlaneError('HL6106', { params: { file, reason: errnoOf(error) ?? String(error) }, cause: error })
      })
      await chmod(temporary, 0o755)
    }
    const hash = await hashFile(temporary, signal)
    const home = path.join(directory, `${asFileName(service)}-${hash}${/\.\w+$/.exec(file)?.[0] ?? ''}`)
    await makeDurable([temporary], signal)
    await rename(temporary, home)
    await makeDurable([directory], signal)
    return { hash, path: home }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** SHA-256 that the content of a program had when it was kept, by its name; undefined for one that was kept otherwise. */
export function hashInName(file: string): string | undefined {
  return /-([0-9a-f]{64})(\.\w+)?$/.exec(path.basename(file))?.[1]
}

/** Some file systems have no second names for a file. */
function linked(file: string, name: string): Promise<boolean> {
  return link(file, name).then(
    () => true,
    () => false,
  )
}
