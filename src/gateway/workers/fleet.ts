import type { RecordedRequest } from '../../model/recorded.ts'
import type { ListenAddress } from '../../model/service.ts'
import type { RoutingTable } from '../../model/table.ts'
import { HotlaneError } from '../../support/errors.ts'
import type { DataPlane, LaneReading } from '../data-plane.ts'
import type { DrainLimits, DrainResult } from '../gateway.ts'
import type { Crew } from './crew.ts'
import { WorkerGone } from './link.ts'
import type { Member } from './member.ts'
import { sumReadings } from './readings.ts'
import { removeRecord } from './record.ts'

/** The data plane as worker processes. */
export interface Workers extends DataPlane {
  /** Addresses as they were asked for, those included that an earlier control opened. */
  addresses(): readonly ListenAddress[]
  /** Processes that accept requests now. */
  pids(): readonly number[]
  /** Starts successors with the same sockets, and retires the workers of now. Resolves when only successors accept. */
  restart(): Promise<void>
}

/** The longest delay that a timer takes. */
const maxMs = 2 ** 31 - 1

/** Between the end of a grace and the end of a process. */
const endMs = 5000

/** The verbs of a gateway, asked of every worker. One that is gone has no request any more, and counts as done. */
export class Fleet implements Workers {
  readonly #crew: Crew
  readonly #directory: string
  /** Addresses are opened one after the other, so that a failure is that of the address asked for. */
  #opening: Promise<unknown> = Promise.resolve()

  constructor(crew: Crew, directory: string) {
    this.#crew = crew
    this.#directory = directory
  }

  addresses(): readonly ListenAddress[] {
    return this.#crew.sockets.all.map(({ asked }) => asked)
  }

  pids(): readonly number[] {
    return this.#crew.all.filter(({ state }) => state === 'serving').map(({ pid }) => pid)
  }

  open(address: ListenAddress): Promise<ListenAddress> {
    const opened = this.#opening.then(() => this.#open(address))
    this.#opening = opened.catch(() => undefined)
    return opened
  }

  async shut(address: ListenAddress): Promise<void> {
    this.#crew.sockets.remove(address)
    await this.#ask(async (member) => {
      member.forget(address)
      await member.call('shut', { address })
    })
  }

  async install(table: RoutingTable): Promise<void> {
    this.#crew.table = table
    await this.#ask((member) => member.call('install', { table }))
  }

  async inFlight(target: string): Promise<number> {
    const counts = await this.#ask((member) => member.call('inFlight', { target }))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async drain(target: string, limits: DrainLimits, signal: AbortSignal): Promise<DrainResult> {
    const began = performance.now()
    const bounded = {
      requestsMs: Math.min(limits.requestsMs, maxMs),
      streamsMs: Math.min(limits.streamsMs, maxMs),
    }
    const results = await this.#ask((member) => member.call('drain', { target, limits: bounded }, signal))
    const sum = (of: (result: DrainResult) => number): number => results.reduce((all, result) => all + of(result), 0)
    return {
      inFlight: sum(({ inFlight }) => inFlight),
      ended: sum(({ ended }) => ended),
      streams: sum(({ streams }) => streams),
      ms: Math.round(performance.now() - began),
    }
  }

  async read(): Promise<readonly LaneReading[]> {
    await this.#ask((member) => member.read())
    return sumReadings([...this.#crew.past, ...this.#crew.all.flatMap(({ lanes }) => lanes)])
  }

  async recorded(service: string): Promise<readonly RecordedRequest[]> {
    const requests = (await this.#ask((member) => member.call('recorded', { service }))).flat()
    return Array.from(new Map(requests.map((request) => [`${request.method} ${request.target}`, request])).values())
  }

  async restart(): Promise<void> {
    this.#crew.renew()
    await this.#crew.settle()
  }

  async close(graceMs: number): Promise<void> {
    await this.#crew.stop()
    const members = this.#crew.all
    await Promise.all(
      members.map(async (member) => {
        member.state = 'retiring'
        member.call('close', { graceMs: Math.min(graceMs, maxMs) }).catch(() => undefined)
        await member.end(graceMs + endMs)
        await member.closed
        await removeRecord(this.#directory, member.id)
      }),
    )
    this.#crew.sockets.release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#crew.leave()
  }

  async #open(address: ListenAddress): Promise<ListenAddress> {
    this.#throwIfSuperseded()
    const { sockets } = this.#crew
    const known = sockets.find(address)
    if (known === undefined) await sockets.bind(address, this.#crew.keeper())
    else if (JSON.stringify(known.asked) === JSON.stringify(address)) return known.actual
    else sockets.change(address)
    try {
      await this.#crew.settle()
    } catch (error) {
      if (known === undefined) await this.shut(address)
      else sockets.change(known.asked)
      this.#crew.mend()
      throw error
    }
    return sockets.find(address)?.actual ?? address
  }

  /** Answers of all workers, those that retire included, for they may still get a request; of none that is gone. */
  async #ask<T>(question: (member: Member) => Promise<T>): Promise<readonly T[]> {
    this.#throwIfSuperseded()
    const answers = await Promise.all(
      this.#crew.all.map(async (member) => {
        try {
          return [await question(member)]
        } catch (error) {
          if (!(error instanceof WorkerGone)) throw error
          return []
        }
      }),
    )
    this.#throwIfSuperseded()
    return answers.flatMap((answer) => answer)
  }

  #throwIfSuperseded(): void {
    if (this.#crew.superseded) throw new HotlaneError('HL5005')
  }
}
