import { setTimeout as pause } from 'node:timers/promises'

import type { Ready } from '../model/service.ts'
import { choose, type Wanted } from './choose.ts'
import type { Listener } from './listening.ts'
import { reachable, speaksHttp, statusOf } from './probe.ts'

/** Where a ready instance is reached. */
export interface Reached extends Listener {
  /** True where it listens on a port of its own choice instead of `PORT`. */
  readonly portFixed: boolean
}

export interface Candidate extends Wanted {
  readonly ready: Ready
  /** Resolves when the process says over IPC that it is ready. */
  readonly message: Promise<void>
  /** Where the process listens; undefined where the platform does not tell. */
  readonly look: () => Promise<readonly Listener[] | undefined>
}

/**
 * Pauses between two probes: the first is short since a fast app is ready within a few milliseconds, and each is a fifth of
 * the time that has passed, so that nobody waits much longer than the app needs.
 */
const firstPauseMs = 2
const longestPauseMs = 100
const growth = 1.25

/**
 * Looking at who listens where takes some milliseconds, a connection that is refused takes none: so as long as the pauses
 * are shorter than this, a look is taken only when something accepts on the port expected.
 */
const lookPauseMs = 20

/**
 * Resolves when the candidate is ready: by its message (`message`, `auto`), by an HTTP answer below 400 where a path is
 * given (`http`, `auto`), else as soon as it accepts connections. Tells `waiting` what it waits for each time that it has
 * looked in vain. Rejects with the signal's reason, and only then: the deadline is the caller's.
 */
export async function untilReady(
  candidate: Candidate,
  waiting: (why: string, listeners: readonly Listener[]) => void,
  signal: AbortSignal,
): Promise<Reached> {
  let told = false
  const message = usesMessage(candidate.ready) ? candidate.message.then(() => void (told = true)) : undefined
  let addresses = ''
  let changed = performance.now()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * growth, longestPauseMs)) {
    const isDue = told || pauseMs >= lookPauseMs || (await accepting(candidate, signal)).length > 0
    const listeners = isDue ? ((await candidate.look()) ?? (await accepting(candidate, signal))) : []
    const now = JSON.stringify(listeners)
    if (now !== addresses) changed = performance.now()
    addresses = now
    const unchangedMs = told ? Number.POSITIVE_INFINITY : performance.now() - changed
    const answer = await judge(candidate, { listeners, unchangedMs, told }, signal)
    signal.throwIfAborted()
    if (typeof answer !== 'string') return answer
    waiting(answer, listeners)
    const woken = pause(pauseMs, undefined, { signal }).catch(() => undefined)
    await (told || message === undefined ? woken : Promise.race([woken, message]))
    signal.throwIfAborted()
  }
}

interface Sight {
  readonly listeners: readonly Listener[]
  readonly unchangedMs: number
  readonly told: boolean
}

/** Where it is reached, or why it is not ready. */
async function judge(candidate: Candidate, sight: Sight, signal: AbortSignal): Promise<Reached | string> {
  const { ready, port } = candidate
  const { listeners, unchangedMs, told } = sight
  if (ready.kind === 'message' && !told) return 'it has not sent "ready" over IPC'
  // Who says that it is ready and listens nowhere serves no requests: a worker, which nobody needs to reach.
  if (ready.kind === 'message' && listeners.length === 0) return { host: '127.0.0.1', port, portFixed: false }
  const choice = choose(listeners, candidate, unchangedMs)
  if (choice.kind === 'wait') return choice.why
  const found =
    choice.kind === 'reach'
      ? choice
      : { listener: await talkative(choice.candidates, choice.orFirst || told, signal), portFixed: true }
  if (found.listener === undefined) {
    return `none of the ports on which it listens (${portsOf(listeners)}) is ${port} ($PORT) or speaks HTTP`
  }
  const reached = await reachable(found.listener, signal)
  if (reached === undefined) return `port ${found.listener.port} does not accept connections`
  if (ready.path !== undefined && ready.kind !== 'port' && !told) {
    const status = await statusOf(reached, ready.path, signal)
    const probe = `GET ${ready.path} on port ${reached.port}`
    if (status === undefined) return `${probe} was not answered`
    if (status < 200 || status >= 400) return `${probe} answered ${status}`
  }
  return { ...reached, portFixed: found.portFixed }
}

async function talkative(
  candidates: readonly Listener[],
  orFirst: boolean,
  signal: AbortSignal,
): Promise<Listener | undefined> {
  for (const candidate of candidates) {
    const reached = await reachable(candidate, signal)
    if (reached !== undefined && (await speaksHttp(reached, signal))) return reached
  }
  return orFirst ? candidates[0] : undefined
}

/** Ports expected that accept connections, no matter whose. Where nobody tells who listens, they are the candidate's. */
async function accepting({ port, appPort }: Wanted, signal: AbortSignal): Promise<readonly Listener[]> {
  const ports = appPort === undefined ? [port] : [port, appPort]
  const found = await Promise.all(ports.map((each) => reachable({ host: '::', port: each }, signal)))
  return found.filter((listener) => listener !== undefined)
}

function usesMessage({ kind }: Ready): boolean {
  return kind === 'message' || kind === 'auto'
}

function portsOf(listeners: readonly Listener[]): string {
  return [...new Set(listeners.map((listener) => listener.port))].join(', ')
}
