import { beforeItFails, instanceOf } from '../become-ready.ts'
import type { Instance, StartSpec, SuperviseContext } from '../instance.ts'
import { launch } from '../launch.ts'
import { parsePortInUse } from '../port-in-use.ts'
import type { DirectSocket } from './direct-socket.ts'
import { passedOver } from './passed-over.ts'
import { untilAccepting } from './until-accepting.ts'

/** The name that a single socket has: what programs that look for one expect most often. */
const socketName = 'http'

/**
 * Starts an instance that accepts from a socket that is held here, as sd_listen_fds(3) tells it, and resolves when it is ready.
 * An older instance with the same socket goes on accepting beside it, until it is stopped: no connection is refused between
 * the two. In every other case the process group is gone before it throws, after its whole grace, for it may have accepted
 * connections.
 * @throws HotlaneError HL4001, HL4002, HL4003, HL4005, HL4008; or the signal's reason
 */
export async function startDirect(
  spec: StartSpec & { readonly socket: DirectSocket },
  context: SuperviseContext,
  signal: AbortSignal,
): Promise<Instance> {
  signal.throwIfAborted()
  const { descriptor, host, port } = spec.socket
  const launched = await launch({ ...spec, inherits: [{ descriptor, name: socketName }] }, port, context)
  const { message, members, lastOutput } = launched
  let isIdle = true
  try {
    const { ready } = spec
    await beforeItFails(spec, launched, {
      until: (waiting, wait) =>
        untilAccepting(
          { ready, address: { host, port }, message, members },
          (delay) => {
            isIdle = delay.isIdle
            // One that wants to bind the shared port has not understood whose it is; with no listener it is given up soon.
            waiting(delay.why, parsePortInUse(lastOutput()) === port ? [] : [{ host, port }])
          },
          wait,
        ),
      signal,
    })
    const readyMs = performance.now() - launched.spawnedAtMs
    return instanceOf(spec, port, launched, { host, port, portFixed: false, readyMs })
  } catch (error) {
    const cause = signal.aborted ? error : await passedOver(error, { spec, launched, isIdle })
    await launched.end(spec.stop)
    throw cause
  }
}
