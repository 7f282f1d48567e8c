import { ProductionClient } from '../../api/production-client.ts'
import { chooseService } from './choose.ts'
import { numberOf } from './number.ts'
import { type PlaceFlags, placeOf } from './place.ts'
import { print } from './print.ts'

/** Prints in what two releases differ. */
export async function diff(
  words: readonly [before: string, after: string],
  service: string | undefined,
  flags: PlaceFlags & { readonly json?: boolean },
): Promise<void> {
  const [before, after] = [numberOf('the first release', words[0]), numberOf('the second release', words[1])]
  const client = new ProductionClient(await placeOf(flags, process.env))
  const { name } = await chooseService(client, service)
  const found = await client.diff(name, before, after)
  print(found, flags.json, (paint) => {
    if (found.length === 0) return [`release ${before} and ${after} of ${name} do not differ`]
    const told = (sign: '-' | '+', value: string | undefined, hue: (text: string) => string): readonly string[] =>
      value === undefined ? [] : [hue(`${sign} ${value}`)]
    return found.flatMap(({ key, before: old, after: young }) =>
      [[paint.bold(key)], told('-', old, paint.red), told('+', young, paint.green)].flat(),
    )
  })
}
