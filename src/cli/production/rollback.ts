import { ProductionClient } from '../../api/production-client.ts'
import type { CliContext } from '../commands.ts'
import { numberOf } from './number.ts'
import { chooseService } from './choose.ts'
import { type PlaceFlags, placeOf } from './place.ts'
import { seeThrough } from './see-through.ts'

export interface RollbackFlags extends PlaceFlags {
  readonly wait: boolean
  readonly json?: boolean
}

/** Goes back to a release. The one word of `hotlane rollback 7` is the release, where no service has that name. */
export async function rollback(
  words: readonly [service: string | undefined, release: string | undefined],
  flags: RollbackFlags,
  context: CliContext,
): Promise<void> {
  const place = await placeOf(flags, process.env)
  const client = new ProductionClient(place)
  const [first, second] = words
  const { services } = await client.production()
  const isRelease = second === undefined && /^\d+$/.test(first ?? '') && !services.some(({ name }) => name === first)
  const [service, text] = isRelease ? [undefined, first] : [first, second]
  const release = text === undefined ? undefined : numberOf('release', text)
  const { name } = await chooseService(client, service)
  const code = await seeThrough({
    place,
    services: [name],
    begin: (through, chosen) => through.rollback(chosen, release),
    wanted: 'complete',
    wait: flags.wait,
    json: flags.json === true,
  })
  context.exit(code)
}
