import type { BuilderContext } from './builder.ts'
import { type GoSettings, type GoSite, readGoSettings } from './go-command.ts'
import { boundThreads } from './go-full.ts'
import type { GoService } from './go-target.ts'

/** On the scale of nice(1): what nobody waits for, and all builds where the user wants them low. */
export const lowPriority = 10

/** Where a service's builds run, and what the Go command takes from there. */
export class GoSites {
  readonly #service: GoService
  readonly #context: BuilderContext
  #known: { readonly env: string; readonly settings: GoSettings } | undefined

  constructor(service: GoService, context: BuilderContext) {
    this.#service = service
    this.#context = context
  }

  /** @param priority on the scale of nice(1) */
  async at(signal: AbortSignal, priority = this.#context.lowPriority ? lowPriority : 0): Promise<GoSite> {
    const { name, build } = this.#service
    const env = boundThreads({ ...(await this.#context.env()), ...build.env }, this.#context.compilerThreads)
    return { service: name, directory: build.directory, env, signal, priority }
  }

  /**
   * What the Go command would use; asked again only where that may be another answer, since it takes its time.
   * @throws HotlaneError HL3002, HL1005
   */
  async settings(site: GoSite, anew = false): Promise<GoSettings> {
    const env = JSON.stringify(site.env)
    if (anew || this.#known?.env !== env) this.#known = { env, settings: await readGoSettings(site) }
    return this.#known.settings
  }
}
