import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

import { listenerKey } from '../../model/table.ts'
import type { ListenAddress } from '../../model/service.ts'
import { isAlive } from '../../support/group/processes.ts'
import type { LaneReading } from '../data-plane.ts'
import { Link } from './link.ts'
import type { Calls, Hello, Tiding, Verb, WorkerState } from './messages.ts'
import type { WorkerNews } from './news.ts'
import { NewsBoard } from './news-board.ts'
import { readReading } from './readings.ts'

/** What a control knows about a worker. */
export class Member {
  readonly id: string
  readonly pid: number
  readonly version: string
  /** As JSON, to be compared. */
  readonly options: string
  /** Raised whenever all workers are to be replaced. */
  readonly generation: number
  /** Sockets that it has, by the key of their address; as JSON what was asked for, and whether it accepts from it. */
  readonly sockets = new Map<string, { readonly asked: string; readonly open: boolean }>()
  state: WorkerState
  /** The figures that it told last. */
  lanes: readonly LaneReading[] = []
  /** It has told its last figures: it ends in an orderly way. */
  done = false
  /** Another control has taken it over. */
  superseded = false
  readonly #news = new NewsBoard()
  readonly #link: Link
  readonly #exited: Promise<number | string> | undefined

  /** `exited` is known of own children only. */
  constructor(
    link: Link,
    hello: Hello,
    how: { readonly generation: number; readonly exited?: Promise<number | string> },
  ) {
    this.#link = link
    this.id = hello.id
    this.pid = hello.pid
    this.version = hello.version
    this.options = JSON.stringify(hello.options)
    this.state = hello.state
    this.generation = how.generation
    this.#exited = how.exited
    for (const { asked, open } of hello.sockets) this.note(asked, open)
  }

  get closed(): Promise<void> {
    return this.#link.closed
  }

  /** Whether it accepts from the address, with the same settings. */
  accepts(asked: ListenAddress): boolean {
    const socket = this.sockets.get(listenerKey(asked))
    return this.state === 'serving' && socket?.open === true && socket.asked === JSON.stringify(asked)
  }

  note(asked: ListenAddress, open: boolean): void {
    this.sockets.set(listenerKey(asked), { asked: JSON.stringify(asked), open })
  }

  forget(asked: ListenAddress): void {
    this.sockets.delete(listenerKey(asked))
  }

  call<V extends Verb>(verb: V, ask: Calls[V]['ask'], signal?: AbortSignal): Promise<Calls[V]['answer']> {
    return this.#link.call(verb, ask, signal)
  }

  async accept(): Promise<void> {
    await this.call('accept', {})
    this.state = 'serving'
    for (const [key, { asked }] of this.sockets) this.sockets.set(key, { asked, open: true })
  }

  async read(): Promise<readonly LaneReading[]> {
    this.lanes = (await this.call('read', {})).map(readReading)
    return this.lanes
  }

  hear(tiding: Extract<Tiding, { tell: string }>): void {
    if (tiding.tell === 'superseded') {
      this.superseded = true
      return
    }
    if (tiding.tell === 'news') return this.#news.tell(tiding.news)
    this.lanes = tiding.lanes.map(readReading)
    if (tiding.last) this.done = true
  }

  /** Tells all that it has told and tells from here on to its user. */
  followNews(listener: (news: WorkerNews) => void): void {
    this.#news.follow(listener)
  }

  leave(): void {
    this.#link.leave()
  }

  /**
   * To be called when nothing more is heard of it: waits for the process to end and tells how, as far as that is known. One that
   * is stuck is killed. One that has hung up for another reason still serves, and is asked to retire.
   */
  async gone(): Promise<number | string> {
    if (!this.#link.stuck && !this.done && (await isAliveAfter(this.pid, hangUpMs))) {
      send(this.pid, 'SIGTERM')
      return 'unknown'
    }
    await this.end()
    return this.#exited ?? 'unknown'
  }

  /** Kills the process, unless it ends by itself within the grace, and waits for its end. */
  async end(graceMs = this.done ? farewellMs : 0): Promise<void> {
    if (!(await isAliveAfter(this.pid, graceMs))) return
    send(this.pid, 'SIGKILL')
    await isAliveAfter(this.pid, Infinity)
  }
}

/** Between the close of a killed process's socket and its end. */
const hangUpMs = 1000

/** How long an orderly end takes at most, once the last figures are told. */
const farewellMs = 5000

async function isAliveAfter(pid: number, ms: number): Promise<boolean> {
  const began = performance.now()
  for (let pauseMs = 1; isAlive(pid); pauseMs = Math.min(pauseMs * 1.5, 50)) {
    if (performance.now() - began >= ms) return true
    await pause(pauseMs)
  }
  return false
}

/** Gets to know a worker. @throws WorkerGone */
export async function meet(
  socket: Socket,
  how: { readonly protocol: number; readonly generation: number; readonly exited?: Promise<number | string> },
): Promise<{ readonly member: Member; readonly hello: Hello }> {
  const early: Extract<Tiding, { tell: string }>[] = []
  let heard = (tiding: Extract<Tiding, { tell: string }>): void => void early.push(tiding)
  const link = new Link(socket, (tiding) => heard(tiding))
  const hello = await link.call('hello', { protocol: how.protocol })
  const member = new Member(link, hello, how)
  heard = (tiding) => member.hear(tiding)
  for (const tiding of early) member.hear(tiding)
  return { member, hello }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}
