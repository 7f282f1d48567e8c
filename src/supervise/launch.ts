import path from 'node:path'

import { followOutput } from '../support/group/output.ts'
import { type GroupOptions, spawnGroup } from '../support/group/spawn.ts'
import { activatedArgv, activationVariables } from './activation/protocol.ts'
import { argvOf } from './argv.ts'
import type { StartSpec, SuperviseContext } from './instance.ts'
import { openEntry } from './journal.ts'
import { type Launched, launchedOf } from './launched.ts'
import { spawnError } from './spawn-error.ts'
import { keepTail, tailBytes } from './tail.ts'

/** Spawns and lists a process group; what its main process leaves behind when it ends is ended too. @throws HotlaneError HL4003 */
export async function launch(spec: StartSpec, port: number, context: SuperviseContext): Promise<Launched> {
  const argv = argvOf(spec.command, spec.args)
  const inherits = spec.inherits ?? []
  const directory = spec.command.directory ?? spec.directory
  const tail = keepTail(tailBytes)
  let announce: () => void = () => undefined
  const message = new Promise<void>((resolve) => (announce = resolve))

  const entry = await openEntry(context.processes, { id: spec.id, service: spec.service, kind: 'instance' })
  const options: GroupOptions = {
    directory,
    env: environmentOf(spec, port),
    stdin: spec.stdin ? 'inherit' : 'ignore',
    mark: `HOTLANE_INSTANCE=${spec.id}`,
    descriptors: inherits.map(({ descriptor }) => descriptor),
    ...(speaksIpc(spec, argv[0]) ? { onMessage: (said: unknown) => void (isReady(said) && announce()) } : {}),
  }
  const spawnedAtMs = performance.now()
  const group = await spawnGroup(activatedArgv(argv, inherits), options).catch(async (error: unknown) => {
    await entry.remove()
    throw await spawnError(error, { service: spec.service, program: argv[0], directory })
  })
  const output = followOutput(group, (line, stream) => {
    tail.push(line)
    context.output(group.pid, stream, line)
  })
  context.started(group.pid, port)
  const listed = entry.assign(group.pid)
  const launched = launchedOf({
    group,
    stop: spec.stop,
    spawnedAtMs,
    message,
    lastOutput: tail.text,
    settle: () => output.settle(),
    gone: async () => {
      // An entry must not be written after its removal; that it could not be written matters no more.
      await listed.catch(() => undefined)
      await entry.remove()
    },
  })
  try {
    await listed
  } catch (error) {
    await launched.end({ signal: 'SIGKILL', graceMs: 0 })
    throw error
  }
  return launched
}

/** What a process of an instance sees. */
export function environmentOf(spec: StartSpec, port: number): Record<string, string> {
  const { env } = spec
  const isDecided = env['NO_COLOR'] !== undefined || env['FORCE_COLOR'] !== undefined
  return {
    ...env,
    ...(spec.color && !isDecided ? { FORCE_COLOR: '1', CLICOLOR_FORCE: '1' } : {}),
    ...activationVariables(spec.inherits ?? []),
    PORT: String(port),
    HOTLANE_INSTANCE: spec.id,
    HOTLANE_SERVICE: spec.service,
    HOTLANE_RELEASE: String(spec.release),
  }
}

/** A channel is a descriptor that other programs would hand on to whatever they start, so only Node gets one unasked. */
export function speaksIpc({ ready }: StartSpec, program: string): boolean {
  const isNode = program === process.execPath || /^node(\.exe)?$/.test(path.basename(program))
  return ready.kind === 'message' || (ready.kind === 'auto' && isNode)
}

/** Whether a message over IPC says that its sender is ready. */
export function isReady(message: unknown): boolean {
  if (message === 'ready') return true
  return typeof message === 'object' && message !== null && 'hotlane' in message && message.hotlane === 'ready'
}
