import type { Status } from '../model/status.ts'
import type { ProductionControl, ProductionServiceView } from './production.ts'

/** What serves, in the form that every session tells it. */
export async function plainStatus(control: ProductionControl): Promise<Status> {
  const { pid, root, services } = await control.production()
  return { pid, root, source: 'production', services: await Promise.all(services.map(plainService)) }

  async function plainService(service: ProductionServiceView): Promise<Status['services'][number]> {
    const { name, url, lanes, lost, held, error } = service
    const sum = (field: 'requests' | 'inFlight'): number => lanes.reduce((total, lane) => total + lane[field], 0)
    const serving = await servingOf(service)
    return {
      name,
      url,
      ...(serving === undefined ? {} : { serving }),
      ...(error === undefined ? {} : { error }),
      requests: sum('requests'),
      inFlight: sum('inFlight'),
      held,
      lost,
    }
  }

  async function servingOf({
    name,
    serving,
    instances,
  }: ProductionServiceView): Promise<Status['services'][number]['serving']> {
    const instance = instances.find(({ release }) => release === serving)
    const release = (await control.releases(name)).find(({ number }) => number === serving)
    if (instance === undefined || release === undefined) return undefined
    return { release: release.number, pid: instance.pid, artifact: release.artifact }
  }
}
