import { setTimeout } from 'node:timers/promises'
import { Audit } from './audit.ts'
import type { Means } from './means.ts'
import { scanRepeatedly } from './scanner.ts'
import type { Scene } from './scene.ts'

export interface LookoutOptions {
  readonly means: Means
  /** A name that should be examined although no event told of it. */
  readonly found: (directory: string, name: string) => void
  /** Said once: scanning takes the place of events, in part or altogether. */
  readonly degraded: (why: string) => void
  /** Given the promise of work that goes on until the watch ends. */
  readonly background: (work: Promise<void>) => void
}

/** Makes up for events that do not come: scans what sends none, sends a canary, audits, and turns to scanning for good. */
export class Lookout {
  readonly #options: LookoutOptions
  readonly #audit: Audit
  #why: string | undefined
  #isOpen = false
  #isScanning = false
  #hasHeard = false
  #trusted = true

  constructor(options: LookoutOptions) {
    this.#options = options
    this.#audit = new Audit({
      everyMs: options.means.auditMs,
      patienceMs: options.means.patienceMs,
      found: options.found,
    })
  }

  /** False when events have been missing so often that every directory is scanned. */
  get trusted(): boolean {
    return this.#trusted
  }

  /** Why scanning has taken the place of events, if it has. */
  get why(): string | undefined {
    return this.#why
  }

  /** An event came from this directory. */
  heard(directory: string): void {
    this.#hasHeard = true
    this.#audit.heard(directory)
  }

  /** Some directory sends no events, for this reason; before `open` that is only noted. */
  degrade(why: string): void {
    if (this.#why !== undefined) return
    this.#why = why
    if (this.#isOpen) this.#options.degraded(why)
  }

  /** To be called when the first snapshot is complete. `isPolling`: it is known that there will be no events at all. */
  open(scene: Scene, isPolling: boolean): void {
    this.#isOpen = true
    this.scan(scene)
    if (isPolling) return
    if (this.#why !== undefined) this.#options.degraded(this.#why)
    this.#options.background(this.#auditEvents(scene))
    if (scene.spec.mode === 'auto') this.#options.background(this.#sendCanary(scene))
  }

  /** Sees to it that what sends no events is scanned from now on. To be called again when there may be more of it. */
  scan(scene: Scene): void {
    if (!this.#isOpen || this.#isScanning || scene.tree.scanned().length === 0) return
    this.#isScanning = true
    const options = { pollMs: scene.spec.pollMs, targets: () => scene.tree.scanned(), found: this.#options.found }
    this.#options.background(scanRepeatedly(scene, options).then(() => void (this.#isScanning = false)))
  }

  async #auditEvents(scene: Scene): Promise<void> {
    await this.#audit.run(scene)
    this.#distrust(scene, 'changes were found that no event had told of')
  }

  async #sendCanary(scene: Scene): Promise<void> {
    const stirred = scene.spec.roots.filter((root) => this.#options.means.stir(root))
    if (stirred.length === 0) return
    await setTimeout(this.#options.means.patienceMs, undefined, { signal: scene.signal, ref: false })
    if (!this.#hasHeard) this.#distrust(scene, 'a trial change made no event')
  }

  #distrust(scene: Scene, why: string): void {
    if (!this.#trusted) return
    this.#trusted = false
    for (const directory of scene.tree.values()) scene.tree.setWatched(directory, false)
    this.degrade(why)
    this.scan(scene)
  }
}
