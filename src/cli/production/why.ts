import { ProductionClient } from '../../api/production-client.ts'
import { rolloutLines } from '../print/rollout-lines.ts'
import { chooseService, hasEnded } from './choose.ts'
import { type PlaceFlags, placeOf } from './place.ts'
import { print } from './print.ts'

/** Prints where the rollout of a service stands, what it waits for, and what can be done. */
export async function why(service: string | undefined, flags: PlaceFlags & { readonly json?: boolean }): Promise<void> {
  const client = new ProductionClient(await placeOf(flags, process.env))
  const { name } = await chooseService(client, service, 'rollout')
  const rollout = await client.rollout(name)
  print(rollout ?? null, flags.json, (paint) => {
    if (rollout === undefined) return [`${name} has had no rollout`]
    const on = rollout.paused ? 'resume' : 'promote'
    const help = `"hotlane ${on} ${name}" goes on, "hotlane abort ${name}" goes back`
    return [
      `${paint.bold(name)}  ${rolloutLines(rollout, paint).join('\n')}`,
      ...(rollout.needsPerson === true ? [help] : hasEnded(rollout) ? [] : [`"hotlane abort ${name}" goes back`]),
    ]
  })
}
