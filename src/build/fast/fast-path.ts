import { rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { GoSite } from '../go-command.ts'
import type { LinkerPlace, MadeLinker } from '../linker/make.ts'
import { askPlan, type PlannedSources, type PlanTarget } from './ask-plan.ts'
import { compareSources } from './changes.ts'
import { removeUnused } from './collect.ts'
import { compilePackages } from './compile.ts'
import { FallBack } from './fall-back.ts'
import { Linking } from './linking.ts'
import { readSources, type SourceScope, type SourceState } from './sources.ts'

export interface FastBuildOptions {
  readonly target: PlanTarget
  /** Where the program is written. */
  readonly program: string
  readonly threads: number
}

/** What a try of the fast path came to. */
export type FastResult =
  /** The program is the one of the last build. `why` says what changed instead, for people. */
  | { readonly kind: 'same'; readonly why: string }
  /** `keep` makes it the last build, unless the sources changed meanwhile: then it throws FallBack. */
  | { readonly kind: 'built'; readonly why: string; readonly keep: () => Promise<void> }
  /** Only the Go command can build this; `why` is for people. */
  | { readonly kind: 'none'; readonly why: string }

/** The compiled form of one state of the sources. */
interface Compiled {
  readonly archives: ReadonlyMap<string, string>
  readonly sources: SourceState
  /** A program was linked from it, and is the last build's. */
  readonly linked: boolean
}

const onlyText = 'only comments or formatting changed'

/**
 * Builds from a plan that the Go command told for an earlier state of the same sources: compiles what changed and what can
 * see the change, then links. One call at a time.
 */
export class FastPath {
  readonly #home: string
  readonly #linking: Linking
  #planned: { readonly key: string; readonly made: PlannedSources } | undefined
  #compiled: Compiled | undefined
  #why = 'there is no plan yet'
  #off = false
  #turn = 0

  /** @param home directory for its work, which is this object's own */
  constructor(home: string) {
    this.#home = home
    this.#linking = new Linking(path.join(home, 'links'))
  }

  /** @throws the signal's reason */
  async build(options: FastBuildOptions, site: GoSite): Promise<FastResult> {
    const { key, made: { plan, scope } = {} } = this.#planned ?? {}
    const before = this.#compiled
    if (plan === undefined || scope === undefined || before === undefined) return { kind: 'none', why: this.#why }
    if (key !== keyOf(options.target, site)) return { kind: 'none', why: 'environment or flags changed' }
    const sources = await readSources(scope, before.sources, site.signal)
    const change = compareSources(scope, before.sources, sources)
    // The plan is kept: the sources may come back to it, as when a broken import is taken out again.
    if (change.kind === 'structure') return { kind: 'none', why: change.why }
    const why = change.packages.length === 0 ? 'nothing changed' : onlyText
    if (change.cosmetic && before.linked) return { kind: 'same', why }
    const home = path.join(this.#packages, String(++this.#turn))
    try {
      const changed = change.cosmetic ? [] : change.packages
      const { archives } = before
      const compiled = await compilePackages({ plan, archives, changed, home, threads: options.threads }, site)
      const fresh = compiled.archives
      const all = new Map([...archives, ...fresh])
      const link = { archives: all, program: options.program, before: compiled.last }
      const how = await this.#linking.link(plan, link, site)
      const keep = async (): Promise<void> => {
        const some = { packages: scope.packages.filter(({ importPath }) => fresh.has(importPath)), settings: [] }
        const after = compareSources(some, sources, await readSources(some, sources))
        if (after.kind === 'structure' || after.packages.length > 0) {
          await rm(home, { recursive: true, force: true })
          throw new FallBack('sources changed while they were compiled')
        }
        this.#compiled = { archives: all, sources: change.cosmetic ? before.sources : sources, linked: true }
        await this.#collect(all)
      }
      return { kind: 'built', why: `${change.cosmetic ? why : countOf(fresh.size)}${how}`, keep }
    } catch (error) {
      await rm(home, { recursive: true, force: true })
      site.signal.throwIfAborted()
      if (error instanceof FallBack) return { kind: 'none', why: error.message }
      throw error
    }
  }

  /**
   * Takes a linker that can load packages ahead. Undefined where there is none yet.
   * @throws the signal's reason
   */
  async takeLinker(place: LinkerPlace, site: GoSite): Promise<MadeLinker | undefined> {
    if (this.#planned === undefined || this.#compiled === undefined) return undefined
    return this.#linking.ahead.take({ ...this.#planned.made, archives: this.#compiled.archives }, place, site)
  }

  /** Has a linker load the packages of the last build, if one was made. Resolves with whether it has. */
  async seatLinker(site: GoSite): Promise<boolean> {
    if (this.#planned === undefined || this.#compiled === undefined) return false
    return this.#linking.ahead.seat({ ...this.#planned.made, archives: this.#compiled.archives }, site)
  }

  /** Asks the Go command for a plan, after it has built. Returns in words why there is none, if so. */
  async plan(target: PlanTarget, site: GoSite): Promise<string | undefined> {
    if (this.#off) return this.#why
    const made = await askPlan(target, site, this.#compiled?.sources)
    // A build that has begun meanwhile goes by the plan that it found.
    site.signal.throwIfAborted()
    if (typeof made === 'string') {
      this.forget(made)
      return made
    }
    const linked = this.#compiled?.linked === true && isSame(made.scope, this.#compiled.sources, made.sources)
    this.#planned = { key: keyOf(target, site), made }
    this.#compiled = { archives: made.plan.archives, sources: made.sources, linked }
    await this.#collect(made.plan.archives)
    return undefined
  }

  /** Whether the sources are exactly those that the last program was linked from. */
  async isCurrent(signal: AbortSignal): Promise<boolean> {
    if (this.#planned === undefined || this.#compiled?.linked !== true) return false
    const { scope } = this.#planned.made
    const { sources } = this.#compiled
    return isSame(scope, sources, await readSources(scope, sources, signal))
  }

  /** The last program is another builder's, of sources that are not known: one that is linked here may be another one. */
  overtaken(): void {
    if (this.#compiled !== undefined) this.#compiled = { ...this.#compiled, linked: false }
  }

  get #packages(): string {
    return path.join(this.#home, 'packages')
  }

  /** Bytes of compiled packages that are not in Go's own cache. */
  async bytes(): Promise<number> {
    const own = Array.from(this.#compiled?.archives.values() ?? []).filter((archive) =>
      archive.startsWith(this.#packages),
    )
    const sizes = await Promise.all(own.map(async (archive) => (await stat(archive)).size))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  /** Leaves every build to the Go command from now on. */
  turnOff(why: string): void {
    this.#off = true
    this.forget(why)
  }

  async close(): Promise<void> {
    this.forget('closed')
    await this.#linking.ahead.leave()
    await rm(this.#home, { recursive: true, force: true })
  }

  /** Leaves the next build to the Go command, and asks it for a new plan then. */
  forget(why: string): void {
    this.#why = why
    this.#planned = undefined
    this.#compiled = undefined
  }

  /** Removes what no longer belongs to the compiled form. */
  async #collect(archives: ReadonlyMap<string, string>): Promise<void> {
    const used = new Set(Array.from(archives.values(), (archive) => path.dirname(archive)))
    await removeUnused(this.#packages, used)
  }
}

function isSame(scope: SourceScope, before: SourceState, after: SourceState): boolean {
  const change = compareSources(scope, before, after)
  return change.kind === 'content' && change.packages.length === 0
}

/** What a plan depends on besides files. Variables of hotlane's own, such as where other services are, are for programs. */
function keyOf(target: PlanTarget, site: GoSite): string {
  const names = Object.keys(site.env).filter((name) => name !== 'GOTMPDIR' && !name.startsWith('HOTLANE_'))
  const env = names.sort().map((name) => [name, site.env[name]])
  return JSON.stringify([target, site.directory, env])
}

function countOf(packages: number): string {
  return `compiled ${packages} package${packages === 1 ? '' : 's'}`
}
