import type { GoSite } from '../go-command.ts'
import { type LinkOptions, linkProgram } from './link.ts'
import { LinkAhead } from './link-ahead.ts'
import type { Plan } from './plan.ts'
import { sealProgram } from './seal.ts'
import { runGoTool } from './tool.ts'

/** So long after the linker has read the packages they are in memory still: systems take back what is not used for long. */
const warmMs = 5000

/** Links by a linker that has waited, where one does, else by the toolchain's. */
export class Linking {
  readonly ahead: LinkAhead
  #linkedAt = -Infinity

  /** @param home directory for linkers that wait, which is this object's own */
  constructor(home: string) {
    this.ahead = new LinkAhead(home)
  }

  /**
   * Writes the program. Returns what a linker that waited had to do with it, for people, to be put behind other words.
   * @throws FallBack where a tool fails, and the signal's reason
   */
  async link(plan: Plan, options: Omit<LinkOptions, 'cold'>, site: GoSite): Promise<string> {
    const cold = performance.now() - this.#linkedAt > warmMs
    const { id, how } = await this.#run(plan, { ...options, cold }, site)
    this.#linkedAt = performance.now()
    await sealProgram(options.program, id)
    return how
  }

  async #run(plan: Plan, options: LinkOptions, site: GoSite): Promise<{ readonly id: string; readonly how: string }> {
    if (!this.ahead.isSeated(plan)) return { id: await linkProgram(plan, options, site), how: '' }
    if (options.before !== undefined) await runGoTool(options.before, site)
    const { id, refused } = await this.ahead.link({ plan, ...options }, options.program, site.signal)
    if (id !== undefined) return { id, how: ', packages were loaded ahead' }
    const after = { ...options, before: undefined }
    return { id: await linkProgram(plan, after, site), how: `, packages were loaded again: ${refused}` }
  }
}
