import path from 'node:path'
import type { FileChange } from '../model/change.ts'
import { Draft } from './draft.ts'
import { examine, refresh } from './examine.ts'
import type { FileState } from './file-state.ts'
import type { Hints } from './hints.ts'
import { Postponed } from './postponed.ts'
import type { Scene } from './scene.ts'
import { ceilingMs, Settle } from './settle.ts'
import { surveyAll } from './survey.ts'

export interface CyclesOptions {
  readonly settleMs: number
  readonly hints: Hints
  readonly tell: (files: readonly FileChange[], firstEventAt: number) => void
  /** Called after each cycle. */
  readonly examined: (scene: Scene) => void
  /** Given an error that ends the watch. */
  readonly failed: (error: unknown) => void
}

/** From a burst of hints to a change set: waits until the burst is over, examines, and tells what remains. One at a time. */
export class Cycles {
  readonly #draft = new Draft()
  readonly postponed: Postponed
  readonly #options: CyclesOptions
  readonly #settle: Settle
  /** Directories in which a file that holds ignore rules has changed. */
  readonly #ruled = new Set<string>()
  #scene: Scene | undefined
  #running = false
  #again = false
  #firstEventAt: number | undefined
  #rescanWanted = false
  #rescanNotBefore = 0

  constructor(options: CyclesOptions) {
    this.#options = options
    this.#settle = new Settle({ settleMs: options.settleMs, fire: () => void this.#fire() })
    this.postponed = new Postponed({ emptyMs: options.settleMs, unsteadyMs: ceilingMs })
  }

  /** From now on bursts are examined; hints that came before count as one burst. */
  begin(scene: Scene): void {
    this.#scene = scene
    if (this.#again) void this.#fire()
  }

  hint(): void {
    this.#settle.hint()
  }

  /** Everything is to be compared at the end of the burst, since hints may have been lost. */
  rescan(): void {
    this.#rescanWanted = true
    this.#settle.hint()
  }

  /** What a file was and is now, for the next change set. */
  note(file: string, before: FileState | undefined, after: FileState | undefined): void {
    if (this.#scene === undefined) return
    this.#draft.note(file, before, after)
    if (this.#scene.spec.reread?.(file) === true) this.#ruled.add(path.dirname(file))
  }

  stop(): void {
    this.#settle.stop()
  }

  async #fire(): Promise<void> {
    if (this.#running || this.#scene === undefined) {
      this.#again = true
      return
    }
    this.#running = true
    try {
      do {
        this.#again = false
        await this.#cycle(this.#scene)
      } while (this.#again)
    } catch (error) {
      this.#options.failed(error)
    } finally {
      this.#running = false
    }
  }

  async #cycle(scene: Scene): Promise<void> {
    this.#firstEventAt ??= this.#settle.take()
    this.#settle.take()
    if (this.#rescanWanted) await this.#compareAll(scene)
    await this.#examineAll(scene)
    this.#options.examined(scene)
    const again = this.postponed.take()
    if (again.length > 0) {
      for (const { directory, name } of again) this.#options.hints.add(directory, name)
      this.#settle.wake(performance.now() + this.#options.settleMs)
      return
    }
    const firstEventAt = this.#firstEventAt ?? performance.now()
    this.#firstEventAt = undefined
    const files = this.#draft.take()
    if (files.length > 0) this.#options.tell(files, firstEventAt)
  }

  async #examineAll(scene: Scene): Promise<void> {
    const hinted = this.#options.hints.take()
    for (const [directory, names] of hinted) {
      // Before anything is compared, so that no file of this burst is judged by rules that have just changed.
      for (const name of names) scene.spec.reread?.(path.join(directory, name))
    }
    for (const [directory, names] of hinted) {
      for (const name of names) {
        const known = scene.tree.get(directory)
        if (known !== undefined) await examine(scene, known, name)
        if (scene.pace.due()) await scene.pace.rest(scene.signal)
      }
    }
    for (const directory of this.#ruled) {
      this.#ruled.delete(directory)
      const known = scene.tree.get(directory)
      if (known !== undefined) await refresh(scene, known, 'all')
    }
  }

  /** Takes at most a tenth of the time even if the flood does not end. */
  async #compareAll(scene: Scene): Promise<void> {
    const startedAt = performance.now()
    if (startedAt < this.#rescanNotBefore) {
      this.#settle.wake(this.#rescanNotBefore)
      return
    }
    this.#rescanWanted = false
    const directories = [...scene.tree.values()]
    await surveyAll(scene, directories, (directory, name) => this.#options.hints.add(directory, name))
    const endedAt = performance.now()
    this.#rescanNotBefore = endedAt + 10 * (endedAt - startedAt)
  }
}
