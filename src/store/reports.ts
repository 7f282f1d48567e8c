import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { RolloutReport } from '../model/rollout.ts'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf, writeFileAtomic } from '../support/files.ts'

/** Reports of rollouts as files `<service>/<release>.json`. A release that is rolled out again has that report in its place. */
export class Reports {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  async write(report: RolloutReport): Promise<void> {
    const { service, to } = report.rollout
    await writeFileAtomic(this.#file(service, to), `${JSON.stringify(report, undefined, 2)}\n`)
  }

  /** @throws HotlaneError HL6107 if there is none (yet) */
  async read(service: string, release: number): Promise<RolloutReport> {
    const text = await readFile(this.#file(service, release), 'utf8').catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') throw new HotlaneError('HL6107', { params: { service, release } })
      throw error
    })
    return JSON.parse(text) as RolloutReport
  }

  #file(service: string, release: number): string {
    return path.join(this.#directory, encodeURIComponent(service), `${release}.json`)
  }
}
