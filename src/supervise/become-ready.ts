import type { Instance, StartSpec } from './instance.ts'
import type { Launched } from './launched.ts'
import { type Listener, lookForListeners } from './listening.ts'
import { NotReady, watchSight } from './not-ready.ts'
import { countPorts, untilPorts } from './ports.ts'
import { type Reached, untilReady } from './ready.ts'

/** Grace of a process that never became ready: it serves nobody, and a newer one may be waiting. */
const abandonGraceMs = 1000

/** What has to be known of a process to wait for it. */
export type Candidacy = Pick<StartSpec, 'id' | 'service' | 'release' | 'ready' | 'stop' | 'appPort' | 'ports'>

/**
 * Resolves when a launched group is ready, whose private port is `port`. In every other case it is gone before this throws.
 * @throws HotlaneError HL4001, HL4002, HL4005; or the signal's reason
 */
export async function becomeReady(
  spec: Candidacy,
  port: number,
  launched: Launched,
  signal: AbortSignal,
): Promise<Instance> {
  try {
    const { ready, appPort } = spec
    const look = lookForListeners({ leader: launched.pid, members: launched.members, privatePort: port })
    const reached = await beforeItFails(spec, launched, {
      until: async (waiting, wait) => {
        const found = await untilReady({ ready, port, appPort, message: launched.message, look }, waiting, wait)
        await untilPorts(spec.ports ?? 0, look, wait)
        return found
      },
      signal,
    })
    return instanceOf(spec, port, launched, { ...reached, readyMs: performance.now() - launched.spawnedAtMs })
  } catch (error) {
    await abandon(spec, launched)
    throw error
  }
}

/** Ends what never became ready. */
export async function abandon({ stop }: Pick<Candidacy, 'stop'>, launched: Launched): Promise<void> {
  await launched.end({ ...stop, graceMs: Math.min(stop.graceMs, abandonGraceMs) })
}

/** A launched group as an instance that is reached where `reached` says. */
export function instanceOf(
  spec: Pick<Candidacy, 'id' | 'release' | 'stop'>,
  port: number,
  launched: Launched,
  reached: Reached & { readonly readyMs: number },
): Instance {
  return {
    id: spec.id,
    pid: launched.pid,
    release: spec.release,
    ...reached,
    exited: launched.exited,
    lastOutput: launched.lastOutput,
    ports: async () =>
      countPorts(await lookForListeners({ leader: launched.pid, members: launched.members, privatePort: port })()),
    stop: (now) => launched.end(spec.stop, now),
  }
}

interface Wait<T> {
  /** What is waited for; tells what it has seen, and rejects when its signal is aborted. */
  readonly until: (waiting: (why: string, listeners: readonly Listener[]) => void, wait: AbortSignal) => Promise<T>
  readonly signal: AbortSignal
}

/**
 * Waits until a launched group is ready, or ends, or its time is up.
 * @throws HotlaneError HL4001, HL4002, HL4005; or the signal's reason
 */
export async function beforeItFails<T>(
  spec: Pick<Candidacy, 'service' | 'ready'>,
  launched: Launched,
  { until, signal }: Wait<T>,
): Promise<T> {
  const wait = new AbortController()
  const cancel = () => wait.abort(signal.reason)
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel)
  const deadline = setTimeout(() => wait.abort(new NotReady()), spec.ready.timeoutMs)
  void launched.exited.then((exit) => wait.abort(new NotReady(exit)))
  const sight = watchSight(launched.lastOutput)
  const waiting = (why: string, listeners: readonly Listener[]) => {
    if (sight.see(why, listeners) === 'hopeless') wait.abort(new NotReady())
  }
  try {
    return await until(waiting, wait.signal)
  } catch (error) {
    // Whatever failed meanwhile (a probe that was cut, a look at a dead process), the first cause is the one to tell.
    const cause: unknown = wait.signal.aborted ? wait.signal.reason : error
    throw cause instanceof NotReady ? await sight.failure(spec, cause) : cause
  } finally {
    clearTimeout(deadline)
    signal.removeEventListener('abort', cancel)
  }
}
