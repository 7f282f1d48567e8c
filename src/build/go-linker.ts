import type { BuilderContext } from './builder.ts'
import type { PlanTarget } from './fast/ask-plan.ts'
import type { FastPath } from './fast/fast-path.ts'
import type { GoSite } from './go-command.ts'
import { type GoSites, lowPriority } from './go-sites.ts'

/** Sees that a linker waits for the next build, wherever there can be one, and tells it. */
export class GoLinker {
  readonly #sites: GoSites
  readonly #context: BuilderContext
  /** Whether it was found out if the toolchain's linker can wait. */
  #isKnown = false

  constructor(sites: GoSites, context: BuilderContext) {
    this.#sites = sites
    this.#context = context
  }

  /** Takes the linker and has it load packages, with `mayBuild` also one that has to be built first, at low priority. */
  async take(path: FastPath, { settings }: PlanTarget, mayBuild: boolean, { signal, env }: GoSite): Promise<void> {
    if (this.#isKnown) return
    const began = performance.now()
    const site = { ...(await this.#sites.at(signal, lowPriority)), env }
    const place = { root: settings.GOROOT, kept: this.#context.artifacts, mayBuild }
    const taken = await path.takeLinker(place, site)
    if (taken === undefined) return
    this.#isKnown = true
    if (taken.missing === undefined) return this.seat(path, signal)
    this.#context.told({ kind: 'linker', ms: performance.now() - began, missing: taken.missing })
  }

  /** Has packages loaded for the next link, at the priority of builds: it could not be raised for the link. */
  async seat(path: FastPath, signal: AbortSignal): Promise<void> {
    const began = performance.now()
    const isNew = await path.seatLinker(await this.#sites.at(signal))
    if (isNew) this.#context.told({ kind: 'linker', ms: performance.now() - began })
  }
}
