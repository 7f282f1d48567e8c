import type { Instance, StartSpec, SuperviseContext } from './instance.ts'
import { type Launched, launch } from './launch.ts'
import { type Listener, lookForListeners } from './listening.ts'
import { claimPort, isFree } from './port.ts'
import { NotReady, watchSight } from './not-ready.ts'
import { PortInUse } from './port-in-use.ts'
import { countPorts, untilPorts } from './ports.ts'
import { type Reached, untilReady } from './ready.ts'

/** Grace of a process that never became ready: it serves nobody, and a newer one may be waiting. */
const abandonGraceMs = 1000

/** Somebody else may take the private port between its choice and the app's bind. */
const maxAttempts = 3

/**
 * Starts an instance and resolves when it is ready. In every other case the process group is gone before it throws.
 * @throws HotlaneError HL4001 (exited before it was ready), HL4002 (deadline), HL4003 (cannot be spawned), HL4005 (its port
 * is taken, told by `portInUse`); or the signal's reason.
 */
export async function start(spec: StartSpec, context: SuperviseContext, signal: AbortSignal): Promise<Instance> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    const claim = await claimPort()
    try {
      const launched = await launch(spec, claim.port, context)
      const instance = await becomeReady(spec, claim.port, launched, signal)
      void launched.exited.then(() => claim.release())
      return instance
    } catch (error) {
      claim.release()
      const isLostRace = error instanceof PortInUse && error.port === claim.port && !(await isFree(claim.port))
      if (!isLostRace || attempt === maxAttempts) throw error
    }
  }
}

/** The port that an app wanted and did not get, where that is what an error of `start` says (HL4005). */
export function portInUse(error: unknown): number | undefined {
  return error instanceof PortInUse ? error.port : undefined
}

async function becomeReady(spec: StartSpec, port: number, launched: Launched, signal: AbortSignal): Promise<Instance> {
  try {
    const reached = await beforeItFails(spec, port, launched, signal)
    return {
      id: spec.id,
      pid: launched.pid,
      release: spec.release,
      ...reached,
      readyMs: performance.now() - launched.spawnedAtMs,
      exited: launched.exited,
      lastOutput: launched.lastOutput,
      ports: async () =>
        countPorts(await lookForListeners({ leader: launched.pid, members: launched.members, privatePort: port })()),
      stop: (now) => launched.end(spec.stop, now),
    }
  } catch (error) {
    await launched.end({ ...spec.stop, graceMs: Math.min(spec.stop.graceMs, abandonGraceMs) })
    throw error
  }
}

async function beforeItFails(spec: StartSpec, port: number, launched: Launched, signal: AbortSignal): Promise<Reached> {
  const wait = new AbortController()
  const cancel = () => wait.abort(signal.reason)
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel)
  const deadline = setTimeout(() => wait.abort(new NotReady()), spec.ready.timeoutMs)
  void launched.exited.then((exit) => wait.abort(new NotReady(exit)))
  const sight = watchSight(launched.lastOutput)
  const { ready, appPort } = spec
  const look = lookForListeners({ leader: launched.pid, members: launched.members, privatePort: port })
  const waiting = (why: string, listeners: readonly Listener[]) => {
    if (sight.see(why, listeners) === 'hopeless') wait.abort(new NotReady())
  }
  try {
    const reached = await untilReady({ ready, port, appPort, message: launched.message, look }, waiting, wait.signal)
    await untilPorts(spec.ports ?? 0, look, wait.signal)
    return reached
  } catch (error) {
    // Whatever failed meanwhile (a probe that was cut, a look at a dead process), the first cause is the one to tell.
    const cause: unknown = wait.signal.aborted ? wait.signal.reason : error
    throw cause instanceof NotReady ? await sight.failure(spec, cause) : cause
  } finally {
    clearTimeout(deadline)
    signal.removeEventListener('abort', cancel)
  }
}
