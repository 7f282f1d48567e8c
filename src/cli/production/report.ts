import { ProductionClient } from '../../api/production-client.ts'
import { reportLines } from '../print/report.ts'
import { chooseService } from './choose.ts'
import { numberOf } from './number.ts'
import { type PlaceFlags, placeOf } from './place.ts'
import { print } from './print.ts'

/** Prints what the deploy of a release did. */
export async function report(
  release: string,
  service: string | undefined,
  flags: PlaceFlags & { readonly json?: boolean },
): Promise<void> {
  const number = numberOf('the release', release)
  const client = new ProductionClient(await placeOf(flags, process.env))
  const { name } = await chooseService(client, service)
  const found = await client.report(name, number)
  print(found, flags.json, (paint) => reportLines(found, paint))
}
