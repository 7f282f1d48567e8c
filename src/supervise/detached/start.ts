import type { Instance, StartSpec } from '../instance.ts'
import { startBy } from '../start.ts'
import type { DetachedContext } from './context.ts'
import { type LaunchedDetached, launchDetached, written } from './launch.ts'

/**
 * As `start`, but the instance outlives this process, however that ends: a session of its own, output to a file that is
 * given at the spawn, stdin empty, and a record by which `adopt` finds it, at any moment. Lines are not told; `lastOutput`
 * reads the file. `spec.stdin` has no effect.
 * @throws HotlaneError as `start`, and HL4007 where its log or record cannot be written
 */
export async function startDetached(spec: StartSpec, context: DetachedContext, signal: AbortSignal): Promise<Instance> {
  let last: LaunchedDetached | undefined
  const launch = async (port: number) => (last = await launchDetached(spec, port, context))
  const instance = await startBy(launch, spec, signal)
  const { host, port, portFixed, readyMs } = instance
  try {
    await written(
      last?.record.update({ reached: { host, port, portFixed, readyMs } }) ?? Promise.resolve(),
      spec.service,
    )
  } catch (error) {
    await instance.stop()
    throw error
  }
  return instance
}
