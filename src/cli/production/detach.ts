import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ApiClient } from '../../api/client.ts'
import type { ApiPlace } from '../../api/connection.ts'
import type { ProductionServiceView, ProductionStatus } from '../../api/production.ts'
import { ProductionClient } from '../../api/production-client.ts'
import { HotlaneError, reportError } from '../../support/errors.ts'
import { errnoOf } from '../../support/files.ts'
import type { CliContext } from '../commands.ts'
import { productionLines } from '../print/production-status.ts'
import { hasEnded } from './choose.ts'
import { Feed } from './feed.ts'
import { placeOf } from './place.ts'
import { print } from './print.ts'

/** Pause between two looks whether the API answers, and longest between two at what it serves, in ms. */
const pace = { apiMs: 50, statusMs: 1000 } as const
/** How long a release that has served before may take until it does again, in ms; it is tried on after that. */
const revivalMs = 30_000
/** Lines of the log that are shown where hotlane has ended. */
const shownLines = 20

export interface DetachFlags {
  readonly state?: string
  readonly json?: boolean
}

/**
 * Runs this very command in the background, in a session of its own with its output in `up.log` of the state directory, and
 * waits until every service is served, or is known not to be.
 * @throws HotlaneError HL7002, HL7010
 */
export async function runDetached(directory: string, flags: DetachFlags, context: CliContext): Promise<void> {
  const root = path.resolve(directory)
  const state = path.resolve(root, flags.state ?? '.hotlane')
  const log = path.join(state, 'up.log')
  const place = await placeOf({ directory: root, state }, {})
  await refuseBeside(place, root)
  await mkdir(state, { recursive: true })
  await rename(log, `${log}.1`).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error
  })
  const child = await start(log, context.rest)
  const ended = new AbortController()
  const how = once(child, 'exit').then(([code, signal]) => {
    ended.abort()
    return signal === null ? `exit code ${String(code)}` : String(signal)
  })
  const status = await settled(place, child, ended.signal)
  if (status === undefined) {
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-shownLines)
    throw new HotlaneError('HL7010', { params: { how: await how, file: log }, output: lines.join('\n') })
  }
  child.unref()
  print(status, flags.json, (colors) => productionLines(status, colors))
  context.exit(status.services.every(isServed) ? 0 : 1)
}

/** One that runs writes to the log that would be put aside. */
async function refuseBeside(place: ApiPlace, directory: string): Promise<void> {
  const session = await new ApiClient(place).session().catch((error: unknown) => {
    if (isGone(error, new AbortController().signal)) return undefined
    throw error
  })
  if (session !== undefined) throw new HotlaneError('HL7002', { params: { pid: session.pid, directory } })
}

async function start(log: string, rest: readonly string[]): Promise<ChildProcess> {
  const own = process.argv.slice(1, process.argv.length - (rest.length === 0 ? 0 : rest.length + 1))
  const words = [...own.filter((word) => word !== '--detach'), ...(rest.length === 0 ? [] : ['--', ...rest])]
  const file = await open(log, 'a', 0o600)
  try {
    return spawn(process.execPath, [...process.execArgv, ...words], {
      detached: true,
      stdio: ['ignore', file.fd, file.fd],
    })
  } finally {
    await file.close()
  }
}

/** What is served, once that will not change by itself; undefined where the process ends before. */
async function settled(
  place: ApiPlace,
  child: ChildProcess,
  ended: AbortSignal,
): Promise<ProductionStatus | undefined> {
  const any = new ApiClient(place)
  const client = new ProductionClient(place, ended)
  while (!ended.aborted && !(await answersAs(child.pid, any, ended))) {
    await pause(pace.apiMs, undefined, { signal: ended }).catch(() => undefined)
  }
  const until = performance.now() + revivalMs
  try {
    using feed = await Feed.open(any, () => undefined)
    while (!ended.aborted) {
      const status = await client.production()
      const isLate = performance.now() >= until
      if (status.services.every((service) => isServed(service) || isSettled(service, isLate))) return status
      await feed.change(pace.statusMs, ended)
    }
  } catch (error) {
    if (!isGone(error, ended)) throw error
  }
  return undefined
}

/** A release that is to serve, after a restart of the machine for one, does so when an instance of it runs. */
function isServed({ serving, instances }: ProductionServiceView): boolean {
  return serving !== undefined && instances.some(({ release, state }) => release === serving && state === 'ready')
}

function isSettled({ serving, rollout, error }: ProductionServiceView, isLate: boolean): boolean {
  if (serving !== undefined) return isLate
  if (error !== undefined) return true
  return rollout !== undefined && (hasEnded(rollout) || rollout.needsPerson === true)
}

/** Another hotlane may still answer at that place. */
async function answersAs(pid: number | undefined, any: ApiClient, ended: AbortSignal): Promise<boolean> {
  try {
    return (await any.session(ended)).pid === pid
  } catch (error) {
    if (!isGone(error, ended)) throw error
    return false
  }
}

function isGone(error: unknown, ended: AbortSignal): boolean {
  const { code } = reportError(error)
  return ended.aborted || code === 'HL7003' || code === 'HL7007'
}
