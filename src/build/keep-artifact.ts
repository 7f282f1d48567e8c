import type { Stats } from 'node:fs'
import { readdir, rename, stat, utimes } from 'node:fs/promises'
import { uptime } from 'node:os'
import path from 'node:path'
import type { Artifact } from '../model/artifact.ts'
import { asFileName } from '../support/files.ts'

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
 * which may be running, is kept and touched, so that it counts as used. One that a crash of the machine may have left
 * incomplete is replaced.
 */
export async function keepArtifact(file: string, name: ArtifactName): Promise<Artifact> {
  const home = path.join(
    name.directory,
    `${asFileName(name.service)}-${name.hash.slice(0, prefixLength)}${name.extension}`,
  )
  const [made, kept] = await Promise.all([stat(file), stat(home).catch(() => undefined)])
  if (kept === undefined || kept.size !== made.size || !isWhole(kept)) await rename(file, home)
  const now = new Date()
  await utimes(home, now, now)
  return { hash: name.hash, path: home }
}

/** The whole artifact of a service that was used last, or undefined. */
export async function latestArtifact(directory: string, service: string): Promise<string | undefined> {
  const prefix = `${asFileName(service)}-`
  const names = await readdir(directory).catch(() => [])
  const own = names.filter(
    (name) => name.startsWith(prefix) && /^[0-9a-f]{16}(\.\w+)?$/.test(name.slice(prefix.length)),
  )
  const found = await Promise.all(
    own.map(async (name) => {
      const file = path.join(directory, name)
      return { file, stats: await stat(file).catch(() => undefined) }
    }),
  )
  const whole = found.flatMap(({ file, stats }) => (stats !== undefined && isWhole(stats) ? [{ file, stats }] : []))
  return whole.sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs)[0]?.file
}

/**
 * Whether a file was written or touched since the machine began to run. Nothing waits until a program has reached the disk,
 * so after a crash an older one may have its name and size, but not its content.
 */
function isWhole(stats: Stats): boolean {
  return stats.mtimeMs > Date.now() - uptime() * 1000
}
