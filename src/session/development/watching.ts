import type { ChangeSet } from '../../model/change.ts'
import type { Emit } from '../../model/event.ts'
import type { Project } from '../../model/project.ts'
import { reportError } from '../../support/errors.ts'
import { watch } from '../../watch/watch.ts'
import type { Watcher } from '../../watch/watcher.ts'
import { isBelowAny } from '../../support/below.ts'
import { ignoreOf, ignoreOutside } from './watched.ts'

/** Watches everything that a project's services depend on, and hands on each change. */
export class Watching implements AsyncDisposable {
  readonly #emit: Emit
  readonly #changed: (change: ChangeSet) => void
  #project: Project | undefined
  #roots: readonly string[] = []
  #watcher: Watcher | undefined
  readonly #extra = new Set<string>()

  constructor(emit: Emit, changed: (change: ChangeSet) => void) {
    this.#emit = emit
    this.#changed = changed
  }

  /** Watches what this project needs, in place of what was watched. Resolves when nothing can be missed any more. */
  async follow(project: Project): Promise<void> {
    this.#project = project
    await this.#watch(project)
  }

  /** Watches one more directory, which a build has turned out to depend on. */
  async include(root: string): Promise<void> {
    const project = this.#project
    if (project === undefined || isBelowAny(this.#roots, root)) return
    this.#extra.add(root)
    await this.#watch(project)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#project = undefined
    await this.#watcher?.[Symbol.asyncDispose]()
    this.#watcher = undefined
  }

  async #watch(project: Project): Promise<void> {
    const [first] = project.services
    const ignores = [
      ...project.services.map((service) => ({ roots: service.watch.roots, ignore: ignoreOf(service) })),
      ...(first === undefined
        ? []
        : [...this.#extra].map((root) => ({ roots: [root], ignore: ignoreOutside(first, root) }))),
    ]
    this.#roots = outermost([...project.services.flatMap(({ watch: { roots } }) => roots), ...this.#extra])
    const watcher = watch(
      {
        roots: this.#roots,
        files: [...new Set([...project.settingsFiles, ...project.services.flatMap(({ envFiles }) => envFiles)])],
        // A service that does not look into a directory has no say about what is in it.
        ignored: (path, isDirectory) =>
          ignores.every(({ roots, ignore }) => !isBelowAny(roots, path) || ignore.ignored(path, isDirectory)),
        // Every one of them must be told.
        reread: (path) => ignores.map(({ ignore }) => ignore.reread(path)).some(Boolean),
        mode: project.watch.mode,
        pollMs: project.watch.pollMs,
        settleMs: project.watch.settleMs,
        followLinks: project.services.some((service) => service.watch.followLinks),
      },
      { degraded: (why) => this.#emit({ type: 'watch.degraded', why }) },
    )
    // The new watcher looks before the old one looks away: told twice is harmless, missed is not.
    this.#emit({ type: 'watch.ready', ...(await watcher.ready) })
    if (this.#project === undefined) return watcher[Symbol.asyncDispose]()
    const replaced = this.#watcher
    this.#watcher = watcher
    void this.#pump(watcher)
    await replaced?.[Symbol.asyncDispose]()
  }

  async #pump(watcher: Watcher): Promise<void> {
    try {
      for await (const change of watcher) {
        this.#emit({ type: 'change.seen', files: change.files })
        this.#changed(change)
      }
    } catch (error) {
      this.#emit({ type: 'session.fault', error: reportError(error) })
    }
  }
}

/** Without those that lie below another one. */
function outermost(roots: readonly string[]): readonly string[] {
  const unique = [...new Set(roots)]
  return unique.filter(
    (root) =>
      !isBelowAny(
        unique.filter((other) => other !== root),
        root,
      ),
  )
}
