import { HotlaneError } from '../../support/errors.ts'
import { leaderOf } from './adopt.ts'
import { listDetached } from './record.ts'

/**
 * For `hotlane dev`, which must not end or replace a service in production: throws where instances of one live that are
 * recorded in `processes`. `directory` is for people.
 * @throws HotlaneError HL4006
 */
export async function refuseBesideDetached(processes: string, directory: string): Promise<void> {
  const records = await listDetached(processes)
  const living = await Promise.all(
    records.map(async (record) => ((await leaderOf(record)) === undefined ? [] : [record])),
  )
  const services = [...new Set(living.flat().map(({ service }) => service))]
  if (services.length > 0) throw new HotlaneError('HL4006', { params: { directory, services: services.join(', ') } })
}
