import type { InstanceView, ProductionServiceView, ReleaseView } from '../../api/production.ts'
import type { LaneReading } from '../../gateway/data-plane.ts'
import { quantile } from '../../gateway/histogram.ts'
import type { RolloutView } from '../../model/rollout.ts'
import type { Service } from '../../model/service.ts'
import { stableLane } from '../../model/table.ts'
import { figuresOf } from '../../rollout/judge/figures.ts'
import type { InstanceState, ServiceState } from '../../rollout/staged/state.ts'
import type { ErrorReport } from '../../support/errors.ts'
import type { Plant } from './plant.ts'

export interface Watched {
  readonly state: ServiceState
  readonly view: RolloutView | undefined
  readonly alive: ReadonlySet<string>
  /** Why the last deploy did not become a rollout. */
  readonly error?: ErrorReport | undefined
}

/** A service of production as people are told it. */
export async function serviceView(
  name: string,
  { state, view, alive, error }: Watched,
  { plant, readings }: { readonly plant: Plant; readonly readings: readonly LaneReading[] },
): Promise<ProductionServiceView> {
  const own = readings.filter((reading) => reading.service === name)
  const sum = (of: (counters: LaneReading['counters']) => number): number =>
    own.reduce((total, { counters }) => total + of(counters), 0)
  const { stable, rollout } = state
  const service = await serviceOf(name, stable?.release, plant)
  return {
    name,
    url: service === undefined ? '' : plant.addresses.url(service),
    ...(stable === undefined ? {} : { serving: stable.release }),
    instances: await Promise.all(
      state.instances.map(async (instance): Promise<InstanceView> => instanceView(instance, state, { plant, alive })),
    ),
    lanes: lanesOf(state).map(({ lane, release, basisPoints }) => {
      const reading = own.find((each) => each.lane === lane)
      const p99 = reading === undefined ? Number.NaN : quantile(reading.latency, 0.99)
      return {
        lane,
        release,
        basisPoints,
        requests: reading?.counters.requests ?? 0,
        errors: reading === undefined ? 0 : figuresOf(reading).errors.count,
        inFlight: reading?.counters.inFlight ?? 0,
        p99Ms: Number.isNaN(p99) ? null : p99 / 1000,
      }
    }),
    lost: sum(({ lost }) => lost),
    held: sum(({ held }) => held),
    // The last one tells why nothing serves.
    ...((rollout === undefined && stable !== undefined) || view === undefined ? {} : { rollout: view }),
    ...(error === undefined ? {} : { error }),
  }
}

/** As the settings have it; one that has left them is where its release says. */
async function serviceOf(name: string, release: number | undefined, plant: Plant): Promise<Service | undefined> {
  const declared = plant.project().services.find((each) => each.name === name)
  if (declared !== undefined || release === undefined) return declared
  return plant.releases.load(name, release).then(
    ({ service }) => service,
    () => undefined,
  )
}

/** What has become of a release. */
export function releaseState({ stable, warm, rollout, failed }: ServiceState, number: number): ReleaseView['state'] {
  if (rollout?.to === number && rollout.phase !== 'aborting') return 'trial'
  if (stable?.release === number) return 'serving'
  if (warm?.release === number) return 'warm'
  return failed[number] === undefined ? 'kept' : 'failed'
}

/** Lane in which a release has its traffic now, or had it last. */
export function laneOf({ rollout, stable, last }: ServiceState, release: number): string {
  if (stable?.release === release) return stableLane
  if (rollout?.to === release) return rollout.lane
  return last?.phase === 'aborted' && last.to === release ? last.lane : stableLane
}

function lanesOf({ stable, rollout }: ServiceState): readonly {
  readonly lane: string
  readonly release: number
  readonly basisPoints: number
}[] {
  if (stable === undefined) return []
  const tries = rollout !== undefined && rollout.to !== stable.release && rollout.phase !== 'aborting'
  const trial = tries ? [{ lane: rollout.lane, release: rollout.to, basisPoints: rollout.basisPoints }] : []
  const taken = trial[0]?.basisPoints ?? 0
  return [{ lane: stableLane, release: stable.release, basisPoints: 10_000 - taken }, ...trial]
}

async function instanceView(
  instance: InstanceState,
  state: ServiceState,
  { plant, alive }: { readonly plant: Plant; readonly alive: ReadonlySet<string> },
): Promise<InstanceView> {
  const { release, stage } = instance
  const lane = laneOf(state, release)
  if (stage === 'starting') return { lane, release, pid: 0, port: 0, state: 'starting', inFlight: 0 }
  const { pid, port } = instance.address
  const inFlight = stage === 'stopping' ? 0 : await plant.plane.inFlight(instance.target)
  const shown = { ready: 'ready', resting: 'warm', leaving: 'draining', stopping: 'draining' } as const
  return { lane, release, pid, port, state: alive.has(instance.id) ? shown[stage] : 'exited', inFlight }
}
