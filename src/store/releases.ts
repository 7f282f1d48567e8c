import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Release } from '../model/release.ts'
import { makeDurable } from '../support/durable.ts'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'

/** What a release is made of; number and time are given to it. */
export type ReleaseContent = Omit<Release, 'number' | 'madeAt'>

/** What `collect` leaves. */
export interface CollectedReleases {
  readonly least: number
  readonly needed: ReadonlySet<number>
  /** Those that were given up; none where absent. */
  readonly failed?: ReadonlySet<number>
}

/**
 * Releases as files `<service>/<number>.json` that only the user can read, since the environment is in them. Written once,
 * never changed. One process writes.
 */
export class Releases {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Gives the content the next number of its service. Numbers rise for ever: the highest is never collected. */
  async make(content: ReleaseContent, at: Date): Promise<Release> {
    const { name } = content.service
    const number = ((await this.list(name)).at(-1) ?? 0) + 1
    const release: Release = { ...content, number, madeAt: at.toISOString() }
    await writePrivate(this.#file(name, number), `${JSON.stringify(release, undefined, 2)}\n`)
    return release
  }

  /** The same content under a new number. @throws HotlaneError HL6102 */
  async repeat(service: string, number: number): Promise<Release> {
    const { number: of, madeAt: _madeAt, ...content } = await this.load(service, number)
    return this.make({ ...content, origin: { kind: 'rollback', of } }, new Date())
  }

  /** @throws HotlaneError HL6102 where there is none, HL6105 where its file is not what was written */
  async load(service: string, number: number): Promise<Release> {
    const file = this.#file(service, number)
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') throw new HotlaneError('HL6102', { params: { service, release: number } })
      throw error
    })
    const release = parseRelease(text)
    if (release?.number !== number) throw new HotlaneError('HL6105', { params: { file } })
    return release
  }

  /** Numbers that are kept, ascending; none for a service that has never been deployed. */
  async list(service: string): Promise<readonly number[]> {
    const names = await namesIn(path.join(this.#directory, encodeURIComponent(service)))
    const numbers = names.flatMap((name) => (/^[1-9]\d*\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
    return numbers.sort((a, b) => a - b)
  }

  /** Paths of artifacts and trees that releases need, of all services: none of them may be collected. */
  async artifacts(): Promise<ReadonlySet<string>> {
    const paths = new Set<string>()
    for (const name of await namesIn(this.#directory)) {
      const service = decodeURIComponent(name)
      for (const number of await this.list(service)) {
        const { artifact } = await this.load(service, number)
        for (const file of [artifact.path, artifact.tree]) if (file !== undefined) paths.add(file)
      }
    }
    return paths
  }

  /**
   * Removes the oldest beyond the `least` newest that can be gone back to and the `least` newest that `failed`, but for those
   * needed, and returns their numbers: a row of bad releases must not cost the good ones before it.
   */
  async collect(service: string, { least, needed, failed = new Set() }: CollectedReleases): Promise<readonly number[]> {
    const all = await this.list(service)
    const newest = (numbers: readonly number[]): readonly number[] => numbers.slice(-Math.max(1, least))
    const kept = new Set([
      ...needed,
      // The highest number says which one is next.
      ...all.slice(-1),
      ...newest(all.filter((number) => !failed.has(number))),
      ...newest(all.filter((number) => failed.has(number))),
    ])
    const removed = all.filter((number) => !kept.has(number))
    for (const number of removed) await rm(this.#file(service, number), { force: true })
    return removed
  }

  #file(service: string, number: number): string {
    return path.join(this.#directory, encodeURIComponent(service), `${number}.json`)
  }
}

function parseRelease(text: string): Release | undefined {
  try {
    const value = JSON.parse(text) as Partial<Release> | null
    const isWhole = value?.service !== undefined && value.plan !== undefined && value.artifact !== undefined
    return isWhole && value.environment !== undefined ? (value as Release) : undefined
  } catch {
    return undefined
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  })
}

/** There in whole and for good, or not at all. */
async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
    // Each of them may be new: of the service, of all releases, the state.
    const above = [path.dirname(file), path.resolve(file, '../..'), path.resolve(file, '../../..')]
    await makeDurable(above, new AbortController().signal)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
