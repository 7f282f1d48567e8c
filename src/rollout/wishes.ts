import type { Work } from './lane-context.ts'

/** The wishes that a deploy sets out to fulfil. */
export interface Batch {
  readonly build: number
  readonly restart: number
  readonly saves: number
}

/**
 * What was asked for and is not served yet. Counted instead of flagged, so that a wish that comes while an older one is
 * carried out is not lost with it.
 */
export class Wishes {
  #wanted = { build: 1, restart: 1 }
  #done = { build: 0, restart: 0 }
  #saves: number[] = []

  add(work: Work): void {
    this.#wanted = {
      build: this.#wanted.build + (work.build ? 1 : 0),
      restart: this.#wanted.restart + (work.restart ? 1 : 0),
    }
    if (work.savedAt !== undefined) this.#saves.push(work.savedAt)
  }

  get wantsBuild(): boolean {
    return this.#wanted.build > this.#done.build
  }

  get wantsRestart(): boolean {
    return this.#wanted.restart > this.#done.restart
  }

  /** `performance.now()` of the oldest save that is not served yet. */
  get savedAt(): number | undefined {
    return this.#saves[0]
  }

  /** To be taken before the work begins. */
  batch(): Batch {
    return { ...this.#wanted, saves: this.#saves.length }
  }

  built(batch: Batch): void {
    this.#done = { ...this.#done, build: batch.build }
  }

  /** All of the batch is served. */
  served(batch: Batch): void {
    this.#done = { ...this.#done, restart: batch.restart }
    this.#saves = this.#saves.slice(batch.saves)
  }

  /** The saves of the batch will not be served as they are; time begins anew with the next one. */
  dropped(batch: Batch): void {
    this.#saves = this.#saves.slice(batch.saves)
  }
}
