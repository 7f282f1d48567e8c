import type { EntryParts } from './board.ts'
import type { RolloutContext } from './context.ts'

/** Brings a service's lanes into the table, where they are others than those that are there. */
export class Signpost {
  readonly #context: Pick<RolloutContext, 'board'>
  /** What is installed, or about to be. */
  #installing: { readonly text: string; readonly done: Promise<void> } | undefined

  constructor(context: Pick<RolloutContext, 'board'>) {
    this.#context = context
  }

  /** Resolves when requests are routed by these lanes. */
  async show(parts: EntryParts): Promise<void> {
    const text = JSON.stringify(parts)
    if (this.#installing?.text === text) return this.#installing.done
    const installing = { text, done: this.#context.board.set(parts) }
    this.#installing = installing
    try {
      await installing.done
    } catch (error) {
      if (this.#installing === installing) this.#installing = undefined
      throw error
    }
  }
}
