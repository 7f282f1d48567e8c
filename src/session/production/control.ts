import type { DeployRequest, ProductionControl, ReleaseView } from '../../api/production.ts'
import type { Plan } from '../../model/plan.ts'
import type { Project } from '../../model/project.ts'
import type { RolloutView } from '../../model/rollout.ts'
import type { Service } from '../../model/service.ts'
import { withStrategy } from '../../model/strategies.ts'
import type { Runner } from '../../rollout/staged/run.ts'
import { differenceOf } from '../../store/release-difference.ts'
import { type ErrorReport, HotlaneError, reportError } from '../../support/errors.ts'
import { nearest } from '../../support/nearest.ts'
import { followLogs } from './logs.ts'
import { makeRelease } from './make-release.ts'
import type { Plant } from './plant.ts'
import type { Roster } from './roster.ts'
import { releaseState, serviceView } from './status.ts'

export interface ControlParts {
  readonly plant: Plant
  readonly roster: Roster
  readonly version: string
  readonly workers: () => readonly number[]
  /** Reads the settings again; what runs goes on as its release says. @throws HotlaneError HL1001 to HL1008 */
  readonly reload: () => Promise<Project>
  readonly down: () => Promise<void>
}

/** What people may ask of production: each call reaches the runner of its service. */
export function productionControl(parts: ControlParts): ProductionControl {
  const { plant, roster } = parts
  const runner = (name: string): Runner => roster.find(name)
  /** By service: why the last deploy did not become a rollout. */
  const failures = new Map<string, ErrorReport>()

  const deploy = async ({ service: name, artifact, strategy, queue }: DeployRequest): Promise<RolloutView> => {
    const project = await parts.reload()
    const { service, plan } = declared(project, name)
    // As for those that are there at the start: an address that is taken is told before anything is built.
    if (!roster.names.includes(name)) await plant.addresses.open(service)
    const asked = strategy === undefined ? plan : withStrategy(plan, strategy)
    const make = async () => {
      const making = { service, plan: asked, ...(artifact === undefined ? {} : { file: artifact }) }
      const release = await plant.making(() => makeRelease(making, plant, roster.ended))
      return { release, plan: release.plan }
    }
    try {
      const view = await roster.add(name).deploy(make, { queue: queue === true, signal: roster.ended })
      failures.delete(name)
      return view
    } catch (error) {
      // One that was refused says nothing about the service.
      if (!roster.ended.aborted && !isRefusal(error)) failures.set(name, reportError(error))
      throw error
    }
  }

  /** Undefined for one that was collected while it was looked for. */
  const releaseView = async (name: string, number: number): Promise<ReleaseView | undefined> => {
    const release = await plant.releases.load(name, number).catch((error: unknown) => {
      if (error instanceof HotlaneError && error.code === 'HL6102') return undefined
      throw error
    })
    if (release === undefined) return undefined
    const { madeAt, artifact, origin, plan } = release
    const { state } = runner(name)
    const note = state.failed[number]
    return {
      number,
      madeAt,
      artifact: artifact.hash,
      origin,
      strategy: plan.strategy,
      state: releaseState(state, number),
      ...(note === undefined ? {} : { note }),
    }
  }

  const releases = async (name: string): Promise<readonly ReleaseView[]> => {
    runner(name)
    const numbers = await plant.releases.list(name)
    const views = await Promise.all(numbers.map((number) => releaseView(name, number)))
    return views.filter((view) => view !== undefined)
  }

  return {
    deploy,
    releases,
    declared: async () => (await parts.reload()).services.map(({ name }) => name),
    production: async () => {
      const readings = await plant.plane.read()
      const services = roster.names.map((name) => {
        const { state, view, alive } = runner(name)
        return serviceView(name, { state, view, alive, error: failures.get(name) }, { plant, readings })
      })
      return {
        pid: process.pid,
        root: plant.project().root,
        version: parts.version,
        workers: parts.workers().map((pid) => ({ pid, version: parts.version })),
        services: await Promise.all(services),
      }
    },
    promote: async (name, full) => runner(name).order(full ? 'promote full' : 'promote'),
    pause: async (name) => runner(name).order('pause'),
    resume: async (name) => runner(name).order('resume'),
    abort: async (name) => runner(name).order('abort'),
    rollback: async (name, release) => runner(name).rollback(release, roster.ended),
    diff: async (name, before, after) => {
      runner(name)
      const [older, newer] = [await plant.releases.load(name, before), await plant.releases.load(name, after)]
      return differenceOf(older, newer)
    },
    report: async (name, release) => {
      runner(name)
      return plant.reports.read(name, release)
    },
    rollout: async (name) => runner(name).view,
    logs: (asked, signal) => {
      if (asked.service !== undefined) runner(asked.service)
      return followLogs(asked, plant, signal)
    },
    down: parts.down,
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof HotlaneError && error.code === 'HL6101'
}

function declared(project: Project, name: string): { readonly service: Service; readonly plan: Plan } {
  const service = project.services.find((each) => each.name === name)
  const plan = project.plans[name]
  if (service !== undefined && plan !== undefined) return { service, plan }
  const known = project.services.map((each) => each.name)
  const near = nearest(name, known)
  const suggestion = near === undefined ? '' : ` (did you mean ${near}?)`
  throw new HotlaneError('HL1007', { params: { name, suggestion, known: known.join(', ') } })
}
