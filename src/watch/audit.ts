import { setTimeout } from 'node:timers/promises'
import type { Scene } from './scene.ts'
import { survey, type Finding } from './survey.ts'

/** So many changes that no event told of make events unbelievable. A single one may be an overflow, or a hard link. */
const enoughEvidence = 3

export interface AuditOptions {
  /** Pause between two portions; a portion is a sixtieth of all directories, and at least eight. */
  readonly everyMs: number
  /** How long an event may be on its way before it counts as missing. */
  readonly patienceMs: number
  readonly found: Finding
}

/** Looks slowly through all directories that send events, to find what the events did not tell. */
export class Audit {
  readonly #options: AuditOptions
  readonly #suspects = new Set<string>()
  #evidence = 0

  constructor(options: AuditOptions) {
    this.#options = options
  }

  /** An event came from a directory: what was found there is explained. */
  heard(directory: string): void {
    if (this.#suspects.size > 0) this.#suspects.delete(directory)
  }

  /** Resolves when so much was found without an event that events are not to be believed. @throws AbortError */
  async run(scene: Scene): Promise<void> {
    const rest = { signal: scene.signal, ref: false }
    let position = 0
    while (this.#evidence < enoughEvidence) {
      await setTimeout(this.#options.everyMs, undefined, rest)
      const directories = scene.tree.watched()
      if (position >= directories.length) position = 0
      const portion = directories.slice(position, position + Math.max(8, Math.ceil(directories.length / 60)))
      position += portion.length
      const findings: Parameters<Finding>[] = []
      for (const directory of portion) await survey(scene, directory, (...finding) => findings.push(finding))
      const suspects = findings.filter(([, , differs]) => differs)
      if (suspects.length > 0) {
        for (const [directory] of suspects) this.#suspects.add(directory)
        await setTimeout(this.#options.patienceMs, undefined, rest)
        this.#evidence += this.#suspects.size
        // A new watch, in case the old one has died.
        for (const directory of this.#suspects) this.#options.found(directory, '.', true)
        this.#suspects.clear()
      }
      for (const finding of findings) this.#options.found(...finding)
    }
  }
}
