import { Runner } from '../../rollout/staged/run.ts'
import { HotlaneError, reportError } from '../../support/errors.ts'
import { nearest } from '../../support/nearest.ts'
import type { Plant } from './plant.ts'
import { rolloutContext } from './rollout-context.ts'

interface Member {
  readonly runner: Runner
  readonly running: Promise<void>
}

/** The services of production, each with the runner of its rollouts. */
export class Roster {
  readonly #plant: Plant
  readonly #ended = new AbortController()
  readonly #members = new Map<string, Member>()

  constructor(plant: Plant) {
    this.#plant = plant
  }

  /** Aborted when the control process leaves its services to themselves. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  get names(): readonly string[] {
    return [...this.#members.keys()]
  }

  /** Begins to run a service, unless it runs already. */
  add(name: string): Runner {
    const known = this.#members.get(name)
    if (known !== undefined) return known.runner
    const runner = new Runner(rolloutContext(name, this.#plant))
    const running = runner.run(this.#ended.signal).catch((error: unknown) => {
      this.#plant.emit({ type: 'session.fault', error: reportError(error) })
    })
    this.#members.set(name, { runner, running })
    return runner
  }

  /** @throws HotlaneError HL1007 */
  find(name: string): Runner {
    const member = this.#members.get(name)
    if (member !== undefined) return member.runner
    const near = nearest(name, this.names)
    const suggestion = near === undefined ? '' : ` (did you mean ${near}?)`
    throw new HotlaneError('HL1007', { params: { name, suggestion, known: this.names.join(', ') } })
  }

  /** Leaves everything as it is: instances run on, and a later control process goes on with them. */
  async leave(): Promise<void> {
    this.#ended.abort()
    await Promise.all(Array.from(this.#members.values(), ({ running }) => running))
  }

  /** Ends every instance of every service. */
  async end(): Promise<void> {
    await this.leave()
    await Promise.all(Array.from(this.#members.values(), ({ runner }) => runner.end()))
  }
}
