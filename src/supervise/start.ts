import { becomeReady } from './become-ready.ts'
import type { Instance, StartSpec, SuperviseContext } from './instance.ts'
import { launch } from './launch.ts'
import type { Launched } from './launched.ts'
import { claimPort, isFree } from './port.ts'
import { PortInUse } from './port-in-use.ts'

/** Somebody else may take the private port between its choice and the app's bind. */
const maxAttempts = 3

/**
 * Starts an instance and resolves when it is ready. In every other case the process group is gone before it throws.
 * @throws HotlaneError HL4001 (exited before it was ready), HL4002 (deadline), HL4003 (cannot be spawned), HL4005 (its port
 * is taken, told by `portInUse`); or the signal's reason.
 */
export async function start(spec: StartSpec, context: SuperviseContext, signal: AbortSignal): Promise<Instance> {
  return startBy((port) => launch(spec, port, context), spec, signal)
}

/** The same for any way to launch a group that gets this private port. The port is claimed until the group's end. */
export async function startBy(
  launch: (port: number) => Promise<Launched>,
  spec: StartSpec,
  signal: AbortSignal,
): Promise<Instance> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted()
    const claim = await claimPort()
    try {
      const launched = await launch(claim.port)
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
