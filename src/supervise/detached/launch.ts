import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'

import { logPath } from '../../model/log-file.ts'
import { HotlaneError } from '../../support/errors.ts'
import { errnoOf } from '../../support/files.ts'
import { spawnDetached } from '../../support/group/spawn-detached.ts'
import { startTimeOf } from '../../support/group/processes.ts'
import { argvOf } from '../argv.ts'
import type { StartSpec } from '../instance.ts'
import { environmentOf, isReady, speaksIpc } from '../launch.ts'
import { type Launched, launchedOf } from '../launched.ts'
import { spawnError } from '../spawn-error.ts'
import type { DetachedContext } from './context.ts'
import { logTail } from './log-tail.ts'
import { openRecord, type OpenRecord } from './record.ts'

export const tailBytes = 8 * 1024

/** A launched group with its record. */
export interface LaunchedDetached extends Launched {
  readonly record: OpenRecord
}

/** Spawns and records a group that outlives this process. @throws HotlaneError HL4003, HL4007 */
export async function launchDetached(
  spec: StartSpec,
  port: number,
  context: DetachedContext,
): Promise<LaunchedDetached> {
  const argv = argvOf(spec.command, spec.args)
  const directory = spec.command.directory ?? spec.directory
  const log = logPath(context.logs, spec)
  const file = await openLog(log, spec.service)
  let announce: () => void = () => undefined
  const message = new Promise<void>((resolve) => (announce = resolve))
  try {
    const logStart = (await file.stat()).size
    const { id, service, release, ready, stop, appPort, ports } = spec
    const record = openRecord(context.processes, {
      kind: 'detached',
      id,
      service,
      release,
      ready,
      stop,
      privatePort: port,
      log,
      logStart,
      ...(appPort === undefined ? {} : { appPort }),
      ...(ports === undefined ? {} : { ports }),
    })
    await written(record.update({}), service)
    const spawnedAtMs = performance.now()
    const group = await spawnDetached(argv, {
      directory,
      env: environmentOf(spec, port),
      output: file.fd,
      mark: `HOTLANE_INSTANCE=${id}`,
      ...(speaksIpc(spec, argv[0]) ? { onMessage: (said: unknown) => void (isReady(said) && announce()) } : {}),
    }).catch(async (error: unknown) => {
      await record.remove()
      throw await spawnError(error, { service, program: argv[0], directory })
    })
    const launched = launchedOf({
      group,
      stop,
      spawnedAtMs,
      message,
      lastOutput: () => logTail(log, tailBytes, logStart),
      settle: () => Promise.resolve(),
      gone: () => record.remove(),
    })
    context.started(group.pid, port)
    try {
      const startTime = await startTimeOf(group.pid)
      await written(record.update({ pid: group.pid, ...(startTime === undefined ? {} : { startTime }) }), service)
    } catch (error) {
      await launched.end({ signal: 'SIGKILL', graceMs: 0 })
      throw error
    }
    return { ...launched, record }
  } finally {
    await file.close()
  }
}

/** What was to be written, or HL4007. */
export async function written<T>(writing: Promise<T>, service: string): Promise<T> {
  try {
    return await writing
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause
    throw new HotlaneError('HL4007', { params: { service, reason: String(cause) }, cause })
  }
}

/** Output may hold secrets, so only the user may read it. */
async function openLog(log: string, service: string) {
  await written(mkdir(path.dirname(log), { recursive: true, mode: 0o700 }), service)
  return written(open(log, 'a', 0o600), service)
}
