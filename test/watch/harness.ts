import { mkdtempSync, realpathSync, rmSync, watch as systemWatch } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ChangeSet, FileChange } from '../../src/model/change.ts'
import { systemMeans, type Means } from '../../src/watch/means.ts'
import { Session } from '../../src/watch/session.ts'
import type { WatchSpec, WatchSummary } from '../../src/watch/watcher.ts'
import { recursiveDouble } from './recursive-double.ts'

/** The ways of watching that the table of behaviours is run against. */
export const modes = {
  native: { spec: { mode: 'native' }, means: { preferred: 'native' } },
  poll: { spec: { mode: 'poll' }, means: {} },
  // Node emulates recursive watches on Linux, and loses events; a double stands for the real ones of macOS and Windows.
  recursive: {
    spec: { mode: 'native' },
    means: { preferred: 'recursive', watch: process.platform === 'linux' ? recursiveDouble : systemWatch },
  },
} as const satisfies Record<string, { readonly spec: Partial<WatchSpec>; readonly means: Partial<Means> }>

export type ModeName = keyof typeof modes

export interface ProbeOptions {
  readonly mode?: ModeName
  readonly spec?: Partial<WatchSpec>
  readonly means?: Partial<Means>
}

/** A fresh directory that is removed when the returned resource is disposed. */
export function temporaryDirectory(): { readonly path: string } & Disposable {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'hotlane-watch-')))
  return { path: directory, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) }
}

/** A watch whose change sets are read one by one, with names relative to its directory. */
export class Probe implements AsyncDisposable {
  readonly degraded: string[] = []
  readonly session: Session
  readonly #directory: string
  readonly #changes: AsyncIterator<ChangeSet>
  #beacons = 0

  constructor(directory: string, options: ProbeOptions = {}) {
    const mode = modes[options.mode ?? 'native']
    this.#directory = directory
    const spec: WatchSpec = {
      roots: [directory],
      files: [],
      ignored: () => false,
      pollMs: 20,
      settleMs: 30,
      followLinks: false,
      ...mode.spec,
      ...options.spec,
    }
    const means = { ...systemMeans(), ...mode.means, ...options.means }
    this.session = new Session(spec, { degraded: (why) => this.degraded.push(why) }, means)
    this.#changes = this.session[Symbol.asyncIterator]()
  }

  /** Ready, and every file has been read once. */
  async settled(): Promise<WatchSummary> {
    await this.session.compared
    return this.session.ready
  }

  async next(): Promise<ChangeSet> {
    const result = await this.#changes.next()
    if (result.done === true) throw new Error('the watch has ended')
    return result.value
  }

  /** The next change set, as `kind name`. */
  async nextNames(): Promise<string[]> {
    for (;;) {
      const { files } = await this.next()
      if (files.some(isNoBeacon)) return this.describe(files.filter(isNoBeacon))
    }
  }

  /** Writes a file of its own and returns all change sets that come before it is told, and what else came with it. */
  async untilBeacon(): Promise<FileChange[][]> {
    const beacon = path.join(this.#directory, `beacon-${this.#beacons++}`)
    await writeFile(beacon, 'lit')
    const sets: FileChange[][] = []
    for (;;) {
      const { files } = await this.next()
      const others = files.filter(isNoBeacon)
      if (others.length > 0) sets.push(others)
      if (files.some((file) => file.path === beacon)) return sets
    }
  }

  /** Everything that is told up to now, as `kind name`, in order of path. */
  async rest(): Promise<string[]> {
    return this.describe((await this.untilBeacon()).flat())
  }

  describe(files: readonly FileChange[]): string[] {
    return files.map((file) => `${file.kind} ${path.relative(this.#directory, file.path)}`)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.session[Symbol.asyncDispose]()
  }
}

/** One that is seen while it is written is told twice, the second time among what comes after it. */
function isNoBeacon({ path: file }: FileChange): boolean {
  return !/^beacon-\d+$/.test(path.basename(file))
}
