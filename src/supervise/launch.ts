import path from 'node:path'

import type { Exit } from '../model/instance.ts'
import type { StopPolicy } from '../model/service.ts'
import { followOutput } from '../support/group/output.ts'
import { type GroupOptions, spawnGroup } from '../support/group/spawn.ts'
import { argvOf } from './argv.ts'
import type { StartSpec, StopResult, SuperviseContext } from './instance.ts'
import { openEntry } from './journal.ts'
import { spawnError } from './spawn-error.ts'
import { keepTail } from './tail.ts'

/** A process group that runs, ready or not. */
export interface Launched {
  readonly pid: number
  /** Just before the spawn, on the clock of `performance.now()`. */
  readonly spawnedAtMs: number
  /** Resolves when the main process has ended and all that it wrote has been told. */
  readonly exited: Promise<Exit>
  /** Resolves when the process says over IPC that it is ready: `'ready'` or `{ hotlane: 'ready' }`. */
  readonly message: Promise<void>
  readonly lastOutput: () => string
  readonly members: () => Promise<readonly number[]>
  /** Ends the group and its strays. The first call's policy holds; an abort of any call's `now` kills at once. */
  end(policy: StopPolicy, now?: AbortSignal): Promise<StopResult>
}

const tailBytes = 8 * 1024

/** Spawns and lists a process group; what its main process leaves behind when it ends is ended too. @throws HotlaneError HL4003 */
export async function launch(spec: StartSpec, port: number, context: SuperviseContext): Promise<Launched> {
  const argv = argvOf(spec.command, spec.args)
  const directory = spec.command.directory ?? spec.directory
  const tail = keepTail(tailBytes)
  const force = new AbortController()
  let announce: () => void = () => undefined
  const message = new Promise<void>((resolve) => (announce = resolve))

  const entry = await openEntry(context.processes, { id: spec.id, service: spec.service, kind: 'instance' })
  const options: GroupOptions = {
    directory,
    env: environmentOf(spec, port),
    stdin: spec.stdin ? 'inherit' : 'ignore',
    mark: `HOTLANE_INSTANCE=${spec.id}`,
    ...(speaksIpc(spec, argv[0]) ? { onMessage: (said: unknown) => void (isReady(said) && announce()) } : {}),
  }
  const spawnedAtMs = performance.now()
  const group = await spawnGroup(argv, options).catch(async (error: unknown) => {
    await entry.remove()
    throw await spawnError(error, { service: spec.service, program: argv[0], directory })
  })
  const output = followOutput(group, (line, stream) => {
    tail.push(line)
    context.output(group.pid, stream, line)
  })
  context.started(group.pid, port)
  const listed = entry.assign(group.pid)
  const exited = group.exited.then(async (exit) => {
    await output.settle()
    return exit
  })

  let ending: Promise<StopResult> | undefined
  const finish = async ({ signal, graceMs }: StopPolicy): Promise<StopResult> => {
    const result = await group.end(signal, graceMs, force.signal)
    await output.settle()
    // An entry must not be written after its removal; that it could not be written matters no more.
    await listed.catch(() => undefined)
    await entry.remove()
    return result
  }
  const end = async (policy: StopPolicy, now?: AbortSignal): Promise<StopResult> => {
    const hurry = () => force.abort()
    if (now?.aborted === true) hurry()
    now?.addEventListener('abort', hurry)
    try {
      return await (ending ??= finish(policy))
    } finally {
      now?.removeEventListener('abort', hurry)
    }
  }
  // Nobody need ask for it: a fault here is told to whoever calls `end`.
  exited.then(() => end(spec.stop)).catch(() => undefined)
  try {
    await listed
  } catch (error) {
    await end({ signal: 'SIGKILL', graceMs: 0 })
    throw error
  }
  const { pid, members } = group
  return { pid, spawnedAtMs, exited, message, lastOutput: tail.text, members, end }
}

function environmentOf(spec: StartSpec, port: number): Record<string, string> {
  const { env } = spec
  const isDecided = env['NO_COLOR'] !== undefined || env['FORCE_COLOR'] !== undefined
  return {
    ...env,
    ...(spec.color && !isDecided ? { FORCE_COLOR: '1', CLICOLOR_FORCE: '1' } : {}),
    PORT: String(port),
    HOTLANE_INSTANCE: spec.id,
    HOTLANE_SERVICE: spec.service,
    HOTLANE_RELEASE: String(spec.release),
  }
}

/** A channel is a descriptor that other programs would hand on to whatever they start, so only Node gets one unasked. */
function speaksIpc({ ready }: StartSpec, program: string): boolean {
  const isNode = program === process.execPath || /^node(\.exe)?$/.test(path.basename(program))
  return ready.kind === 'message' || (ready.kind === 'auto' && isNode)
}

function isReady(message: unknown): boolean {
  if (message === 'ready') return true
  return typeof message === 'object' && message !== null && 'hotlane' in message && message.hotlane === 'ready'
}
