import type { Project } from '../../model/project.ts'
import type { Status } from '../../model/status.ts'
import type { Bench, Workshop } from './workbench.ts'

export function statusOf(
  project: Project,
  benches: ReadonlyMap<string, Bench>,
  { gateway, listeners }: Pick<Workshop, 'gateway' | 'listeners'>,
): Status {
  return {
    pid: process.pid,
    root: project.root,
    source: project.source.file ?? project.source.kind,
    services: Array.from(benches.values(), ({ lane }) => {
      const { requests, lost, inFlight, held } = gateway.counters(lane.service.name)
      return {
        name: lane.service.name,
        url: listeners.url(lane.service),
        ...(lane.serving === undefined ? {} : { serving: lane.serving }),
        ...(lane.error === undefined ? {} : { error: lane.error }),
        requests,
        lost,
        inFlight,
        held,
      }
    }),
  }
}
