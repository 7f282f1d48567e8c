import type { ChangeSet } from '../model/change.ts'
import { isAbort } from '../support/errors.ts'
import { Queue } from '../support/queue.ts'
import { Cycles } from './cycles.ts'
import { readFirstHashes, readHash } from './first-hashes.ts'
import { Intake } from './intake.ts'
import { Lookout } from './lookout.ts'
import type { Means } from './means.ts'
import { Pace } from './pace.ts'
import type { Scene } from './scene.ts'
import { takeSnapshot } from './snapshot.ts'
import { chooseSource } from './sources.ts'
import { Tree } from './tree.ts'
import type { Watcher, WatchListener, WatchSpec, WatchSummary } from './watcher.ts'

/** Work between two turns of the event loop, in which a gateway in the same process serves its requests. */
const sliceMs = 8

/** One watch of the given roots and files; `watch` is this with the means of the system. */
export class Session implements Watcher {
  readonly ready: Promise<WatchSummary>
  /** Resolves when every small file has been read once, from when on an unchanged save is told from a changed one. */
  readonly compared: Promise<void>
  readonly #queue = new Queue<ChangeSet>()
  readonly #controller = new AbortController()
  readonly #intake: Intake
  readonly #cycles: Cycles
  readonly #lookout: Lookout
  readonly #scene: Scene
  #isReady = false

  constructor(spec: WatchSpec, listener: WatchListener, means: Means) {
    const tree = new Tree()
    this.#intake = new Intake({
      spec,
      tree,
      heard: (directory) => this.#lookout.heard(directory),
      accepted: () => this.#cycles.hint(),
      suspicious: () => this.#cycles.rescan(),
    })
    this.#lookout = new Lookout({
      means,
      found: this.#intake.found,
      degraded: (why) => listener.degraded(why),
      background: (work) => void work.catch((error: unknown) => this.#fail(error)),
    })
    this.#cycles = new Cycles({
      settleMs: spec.settleMs,
      hints: this.#intake.hints,
      tell: (files, firstEventAt) => this.#queue.push({ files, firstEventAt }),
      examined: (scene) => this.#lookout.scan(scene),
      failed: (error) => this.#fail(error),
    })
    const source = chooseSource(spec.mode, means, {
      hint: this.#intake.hint,
      lost: () => this.#cycles.rescan(),
      degraded: (why) => this.#lookout.degrade(why),
    })
    this.#scene = {
      spec,
      tree,
      source: { ...source, open: (directory, reach) => source.open(directory, reach) && this.#lookout.trusted },
      pace: new Pace(sliceMs),
      signal: this.#controller.signal,
      note: (file, before, after) => this.#cycles.note(file, before, after),
      postpone: (directory, name, doubt) => this.#cycles.postponed.add(directory, name, doubt),
      readLater: (directory, name) =>
        void this.#readLarge(directory, name).catch((error: unknown) => this.#fail(error)),
      comparing: () => this.#isReady,
    }
    this.ready = this.#start()
    this.compared = this.ready.then(() => readFirstHashes(this.#scene, this.#intake.found))
    // Whoever awaits neither is told by the iteration.
    this.compared.catch((error: unknown) => this.#fail(error))
  }

  [Symbol.asyncIterator](): AsyncIterator<ChangeSet> {
    return this.#queue
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#end()
    this.#queue.end()
    return Promise.resolve()
  }

  async #start(): Promise<WatchSummary> {
    const startedAt = performance.now()
    const { tree, source } = this.#scene
    await takeSnapshot(this.#scene)
    this.#isReady = true
    const isPolling = tree.watched().length === 0
    this.#lookout.open(this.#scene, isPolling)
    this.#cycles.begin(this.#scene)
    const why = source.mode !== 'poll' && isPolling ? this.#lookout.why : undefined
    return {
      mode: isPolling ? 'poll' : source.mode,
      ...tree.count(),
      ms: performance.now() - startedAt,
      ...(why === undefined ? {} : { why }),
    }
  }

  async #readLarge(directory: string, name: string): Promise<void> {
    const known = this.#scene.tree.get(directory)
    if (known === undefined) return
    if (!(await readHash(this.#scene, known, name))) this.#intake.found(directory, name)
  }

  #end(): void {
    this.#controller.abort()
    this.#cycles.stop()
    this.#scene.source.closeAll()
  }

  #fail(error: unknown): void {
    if (this.#controller.signal.aborted && isAbort(error)) return
    this.#end()
    this.#queue.fail(error)
  }
}
