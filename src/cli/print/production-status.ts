import type { InstanceView, ProductionServiceView, ProductionStatus } from '../../api/production.ts'
import { columns } from './columns.ts'
import { errorLines } from './error.ts'
import type { Paint } from './paint.ts'
import { rolloutLines } from './rollout-lines.ts'
import { formatCount, formatCountOf, formatLatency, formatRate, formatShare } from './units.ts'

/** What `hotlane up` serves, a part for each service. */
export function productionLines(status: ProductionStatus, paint: Paint): readonly string[] {
  const { services, workers, pid, version, root } = status
  const gateway =
    workers.length === 0
      ? 'no gateway process'
      : `${formatCountOf(workers.length, 'gateway process', 'gateway processes')} (${workers.map((worker) => worker.pid).join(', ')})`
  const old = workers.filter((worker) => worker.version !== version)
  const note = old.length === 0 ? '' : `; ${formatCountOf(old.length, 'process', 'processes')} of another version`
  return [
    ...services.flatMap((service) => serviceLines(service, { paint, root }).concat('')),
    paint.dim(`hotlane ${version}, process ${pid}, ${gateway}${note}`),
  ]
}

interface Look {
  readonly paint: Paint
  /** Paths are told from here. */
  readonly root: string
}

function serviceLines(service: ProductionServiceView, { paint, root }: Look): readonly string[] {
  const { name, url, serving, lost, held, rollout, error, lanes, instances } = service
  const what = serving === undefined ? paint.red('not served') : `release ${serving}`
  const counts = [lost === 0 ? '0 lost' : paint.red(`${formatCount(lost)} lost`), `${formatCount(held)} held`]
  return [
    `${paint.bold(name)}  ${paint.underline(url)}  ${what}  ${counts.join(', ')}`,
    ...indented(laneLines(lanes, paint)),
    ...indented(instances.map((instance) => instanceLine(instance, paint))),
    ...(rollout === undefined ? [] : indented(rolloutLines(rollout, paint))),
    ...(error === undefined ? [] : indented(errorLines(error, paint, root))),
  ]
}

function laneLines(lanes: ProductionServiceView['lanes'], paint: Paint): readonly string[] {
  if (lanes.length === 0) return []
  const head = ['lane', 'release', 'share', 'requests', 'errors', 'P99', 'in flight'].map((title) => paint.dim(title))
  const rows = lanes.map(({ lane, release, basisPoints, requests, errors, p99Ms, inFlight }) => [
    lane,
    String(release),
    formatShare(basisPoints),
    formatCount(requests),
    requests === 0 ? '-' : formatRate(errors / requests),
    p99Ms === null ? '-' : formatLatency(p99Ms),
    formatCount(inFlight),
  ])
  return columns([head, ...rows], [1, 2, 3, 4, 5, 6])
}

function instanceLine({ lane, release, pid, port, state, inFlight }: InstanceView, paint: Paint): string {
  const hue = state === 'ready' ? paint.green : state === 'exited' ? paint.red : paint.yellow
  return `${hue(state)} process ${pid} at port ${port}, release ${release} in ${lane}, ${formatCount(inFlight)} in flight`
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`)
}
