import type { Status } from '../../model/status.ts'
import { errorLines } from './error.ts'
import type { Paint } from './paint.ts'

/** What `hotlane dev` serves, a line for each service, and what stands in the way of its last change. */
export function statusLines(status: Status, colors: Paint): readonly string[] {
  const width = Math.max(...status.services.map(({ name }) => name.length))
  return status.services.flatMap((service) => {
    const { serving, requests, lost, inFlight, held } = service
    const what = serving === undefined ? colors.red('not served') : `release ${serving.release}, process ${serving.pid}`
    const counts = `${requests} requests, ${inFlight} in flight, ${held} held, ${lost} lost`
    const line = `${service.name.padEnd(width)}  ${service.url}  ${what}  ${colors.dim(counts)}`
    return service.error === undefined ? [line] : [line, ...errorLines(service.error, colors, status.root)]
  })
}
