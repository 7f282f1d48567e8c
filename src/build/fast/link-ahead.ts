import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { hashGoProgram } from '../build-id.ts'
import type { GoSite } from '../go-command.ts'
import { type LinkerPlace, type MadeLinker, makeLinker } from '../linker/make.ts'
import { WaitingLinker } from '../linker/waiting.ts'
import { FallBack } from './fall-back.ts'
import { linkProgram, prepareLinker } from './link.ts'
import type { Plan } from './plan.ts'
import { sealProgram } from './seal.ts'

/** What is linked: a plan, and the newest compiled form of every package, by import path. */
export interface Linked {
  readonly plan: Plan
  readonly archives: ReadonlyMap<string, string>
}

export type LinkedAhead =
  | { readonly id: string; readonly refused?: undefined }
  | { readonly id?: undefined; readonly refused: string }

/** A linker, what it has loaded, and what it will write. */
interface Seat extends Linked {
  readonly linker: WaitingLinker
  readonly home: string
  readonly program: string
  /** The program's build ID. */
  readonly id: string
}

/** After so long without a build the linker is ended: it keeps memory. */
const restMs = 10 * 60_000

/** With less memory left to this process and the system, none waits. For a Gin program of 700 packages it takes 170 MB. */
const leastBytes = 512 * 1024 * 1024

/**
 * Has a program's packages loaded by a linker before it is known which of them will have changed. The linker is the
 * toolchain's own with a few changes, and is used once it has made the same program as the toolchain's.
 */
export class LinkAhead {
  /** One linker waits in this process: who edits, edits one program at a time. */
  static #seated: LinkAhead | undefined

  readonly #home: string
  /** The linker's program, once it was tried, and the toolchain's in whose place it links. */
  #taken: { readonly program: string; readonly instead: string | undefined } | undefined
  #seat: Seat | undefined
  #turn = 0
  #rest: NodeJS.Timeout | undefined

  /** @param home directory for its work, which is this object's own */
  constructor(home: string) {
    this.#home = home
  }

  /**
   * Takes the linker, if it makes this program as the toolchain's does. Undefined where it is not built yet.
   * @throws the signal's reason
   */
  async take(linked: Linked, place: LinkerPlace, site: GoSite): Promise<MadeLinker | undefined> {
    const made = await makeLinker(place, site)
    if (made?.program === undefined) return made
    const failed = await this.#try(made.program, linked, site)
    if (failed !== undefined) return { missing: failed }
    this.#taken = { program: made.program, instead: linked.plan.link.argv[0] }
    return made
  }

  /**
   * Seats a linker that has loaded these packages; one that has loaded others for the same plan stays. Resolves with whether
   * there is a new one.
   */
  async seat(linked: Linked, site: GoSite): Promise<boolean> {
    const { program, instead } = this.#taken ?? {}
    if (program === undefined || instead !== linked.plan.link.argv[0] || this.isSeated(linked.plan)) return false
    await this.leave()
    if (process.availableMemory() < leastBytes) return false
    await LinkAhead.#seated?.leave()
    LinkAhead.#seated = this
    const seat = await this.#start(program, linked, site)
    this.#seat = seat
    // Another one may have been seated meanwhile.
    if (LinkAhead.#seated !== this) await this.leave()
    this.#rest = setTimeout(() => void this.leave(), restMs).unref()
    return seat.linker.ready
  }

  /** Whether there is a linker that has loaded packages of this plan, or loads them. */
  isSeated(plan: Plan): boolean {
    return this.#seat?.plan === plan && !this.#seat.linker.hasEnded
  }

  /**
   * Lets the linker link, when it has loaded what it loads: that is sooner than another would have. Resolves with the program's build ID, or in words why there is no program.
   * @throws the signal's reason
   */
  async link(linked: Linked, program: string, signal: AbortSignal): Promise<LinkedAhead> {
    const seat = this.#seat
    if (seat === undefined) return { refused: 'none waits' }
    this.#seat = undefined
    clearTimeout(this.#rest)
    try {
      const refused = await linkBy(seat, linked, program, signal)
      return refused === undefined ? { id: seat.id } : { refused }
    } finally {
      await rm(seat.home, { recursive: true, force: true })
    }
  }

  /** Ends the linker that waits. */
  async leave(): Promise<void> {
    const seat = this.#seat
    this.#seat = undefined
    clearTimeout(this.#rest)
    if (LinkAhead.#seated === this) LinkAhead.#seated = undefined
    if (seat === undefined) return
    await seat.linker.end()
    await rm(seat.home, { recursive: true, force: true })
  }

  /** In words why the linker is not as good as the toolchain's; undefined where it makes the same program. */
  async #try(linker: string, linked: Linked, site: GoSite): Promise<string | undefined> {
    const seat = await this.#start(linker, linked, site)
    const stop = (): void => void seat.linker.end()
    site.signal.addEventListener('abort', stop)
    try {
      const own = path.join(seat.home, 'own')
      const other = path.join(seat.home, 'other')
      // As if everything had changed that can: all of it is loaded again.
      const unchanged = new Map([...linked.archives].filter(([name]) => !linked.plan.recipes.has(name)))
      await seat.linker.ready
      site.signal.throwIfAborted()
      const failed = await linkBy({ ...seat, archives: unchanged }, linked, own, site.signal)
      if (failed !== undefined) return failed
      await sealProgram(own, seat.id)
      await sealProgram(other, await linkProgram(linked.plan, { ...linked, program: other, cold: false }, site))
      const isSame = (await hashGoProgram(own)) === (await hashGoProgram(other))
      return isSame ? undefined : 'its linker makes another program with what hotlane adds'
    } catch (error) {
      if (error instanceof FallBack) return error.message
      throw error
    } finally {
      site.signal.removeEventListener('abort', stop)
      await seat.linker.end()
      await rm(seat.home, { recursive: true, force: true })
    }
  }

  async #start(linker: string, linked: Linked, site: GoSite): Promise<Seat> {
    const home = path.join(this.#home, String(++this.#turn))
    await mkdir(home, { recursive: true })
    const program = path.join(home, 'program')
    const run = await prepareLinker(linked.plan, { archives: linked.archives, program }, site)
    const env = { ...site.env, ...run.env }
    const started = await WaitingLinker.start({
      argv: [linker, ...run.argv.slice(1)],
      directory: site.directory,
      env,
      priority: site.priority,
    })
    return { ...linked, linker: started, home, program, id: run.id }
  }
}

/** Resolves with why there is no program, in words. */
async function linkBy(seat: Seat, linked: Linked, program: string, signal: AbortSignal): Promise<string | undefined> {
  const changed = linked.plan.order.flatMap((name) => {
    const archive = linked.archives.get(name)
    if (archive === undefined || archive === seat.archives.get(name)) return []
    return [[name === linked.plan.main ? 'main' : name, archive] as const]
  })
  const refused = await seat.linker.link(changed, signal)
  if (refused === undefined) await rename(seat.program, program)
  return refused
}
