import { readdir, rename, stat, utimes } from 'node:fs/promises'
import path from 'node:path'
import type { Artifact } from '../model/artifact.ts'

export interface ArtifactName {
  /** Directory of artifacts. */
  readonly directory: string
  readonly service: string
  readonly hash: string
  /** With its dot; empty where there is none. */
  readonly extension: string
}

/** As much of the hash as stands in a file name: enough to be unique on one machine, short enough to be read. */
const prefixLength = 16

/**
 * Moves a finished file into the store under its content's name, unless it is there already: then the one in the store,
 * which may be running, is kept and touched, so that it counts as used. A file of another size under that name is what a
 * crash of the machine left, and is replaced.
 */
export async function keepArtifact(file: string, name: ArtifactName): Promise<Artifact> {
  const home = path.join(name.directory, `${safe(name.service)}-${name.hash.slice(0, prefixLength)}${name.extension}`)
  const [made, kept] = await Promise.all([stat(file), stat(home).catch(() => undefined)])
  if (kept?.isFile() !== true || kept.size !== made.size) await rename(file, home)
  const now = new Date()
  await utimes(home, now, now)
  return { hash: name.hash, path: home }
}

/** The artifact of a service that was used last, or undefined. */
export async function latestArtifact(directory: string, service: string): Promise<string | undefined> {
  const prefix = `${safe(service)}-`
  const names = await readdir(directory).catch(() => [])
  const own = names.filter(
    (name) => name.startsWith(prefix) && /^[0-9a-f]{16}(\.\w+)?$/.test(name.slice(prefix.length)),
  )
  const found = await Promise.all(
    own.map(async (name) => {
      const file = path.join(directory, name)
      return {
        file,
        usedAtMs: await stat(file).then(
          (each) => each.mtimeMs,
          () => 0,
        ),
      }
    }),
  )
  return found.sort((a, b) => b.usedAtMs - a.usedAtMs)[0]?.file
}

function safe(service: string): string {
  return service.replace(/[^\w.-]/g, '-')
}
