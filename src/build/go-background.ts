import { rm } from 'node:fs/promises'
import { Latest } from '../support/latest.ts'
import { makeScratch } from '../support/scratch.ts'
import { FastPath } from './fast/fast-path.ts'
import type { GoSite } from './go-command.ts'
import { type GoSites, lowPriority } from './go-sites.ts'
import { withTemporary } from './go-temporary.ts'

/** Where background work leaves its files. */
export interface RestPlace {
  readonly scratch: string
  /** For what the Go command needs. */
  readonly temporary: string
}

type RestTask = (fast: FastPath, place: RestPlace, site: GoSite) => Promise<void>

/** Work for later builds while nobody waits for one: one task at a time, ended by a build that begins. */
export class GoBackground {
  readonly #artifacts: string
  readonly #sites: GoSites
  readonly #latest = new Latest()
  #fast: FastPath | undefined

  /** @param artifacts directory below which its files are */
  constructor(artifacts: string, sites: GoSites) {
    this.#artifacts = artifacts
    this.#sites = sites
  }

  /** Undefined before the first task. */
  get fast(): FastPath | undefined {
    return this.#fast
  }

  /**
   * Takes the place of a task that runs. One that fails leaves the next build to the Go command.
   * @param options `patient`: at low priority, since the next build is no slower without it
   */
  run(task: RestTask, options: { readonly patient: boolean }): void {
    const priority = options.patient ? lowPriority : undefined
    void this.#latest
      .run(async (signal) => this.#prepared(task, await this.#sites.at(signal, priority)))
      .catch((error: unknown) => this.#fast?.forget(`the background work failed: ${String(error)}`))
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    await this.#latest.stop()
  }

  async close(): Promise<void> {
    await this.stop()
    await this.#fast?.close()
  }

  async #prepared(task: RestTask, site: GoSite): Promise<void> {
    const fast = (this.#fast ??= new FastPath(await makeScratch(this.#artifacts)))
    const settings = await this.#sites.settings(site)
    const scratch = await makeScratch(this.#artifacts)
    try {
      await withTemporary(scratch, settings, (temporary) =>
        task(fast, { scratch, temporary }, { ...site, env: { ...site.env, GOTMPDIR: temporary } }),
      )
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  }
}
