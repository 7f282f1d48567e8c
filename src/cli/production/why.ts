import { ProductionClient } from '../../api/production-client.ts'
import type { RolloutView } from '../../model/rollout.ts'
import type { Paint } from '../print/paint.ts'
import { rolloutLines } from '../print/rollout-lines.ts'
import { chooseService, hasEnded } from './choose.ts'
import { type PlaceFlags, placeOf } from './place.ts'
import { print } from './print.ts'

/**
 * Prints where the rollout of a service stands, what it waits for, and what can be done. Where none is named and it cannot be
 * told which is meant, people are told of all of them.
 */
export async function why(service: string | undefined, flags: PlaceFlags & { readonly json?: boolean }): Promise<void> {
  const client = new ProductionClient(await placeOf(flags, process.env))
  const names = await namesOf(client, service, flags.json === true)
  const rollouts = await Promise.all(names.map((name) => client.rollout(name)))
  print(rollouts[0] ?? null, flags.json, (paint) => [
    names.map((name, index) => linesOf(name, rollouts[index], paint).join('\n')).join('\n\n'),
  ])
}

/** A program that reads JSON has to say which one it means. */
async function namesOf(
  client: ProductionClient,
  named: string | undefined,
  needsOne: boolean,
): Promise<readonly string[]> {
  if (named !== undefined || needsOne) return [(await chooseService(client, named, 'rollout')).name]
  const { services } = await client.production()
  const moving = services.filter(({ rollout }) => rollout !== undefined && !hasEnded(rollout))
  return (moving.length > 0 ? moving : services).map(({ name }) => name)
}

function linesOf(name: string, rollout: RolloutView | undefined, paint: Paint): readonly string[] {
  if (rollout === undefined) return [`${name} has had no rollout`]
  const on = rollout.paused ? 'resume' : 'promote'
  const help = `"hotlane ${on} ${name}" goes on, "hotlane abort ${name}" goes back`
  return [
    `${paint.bold(name)}  ${rolloutLines(rollout, paint).join('\n')}`,
    ...(rollout.needsPerson === true ? [help] : hasEnded(rollout) ? [] : [`"hotlane abort ${name}" goes back`]),
  ]
}
