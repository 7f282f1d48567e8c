import { ProductionClient } from '../../api/production-client.ts'
import type { RolloutView } from '../../model/rollout.ts'
import type { CliContext } from '../commands.ts'
import { chooseService } from './choose.ts'
import { type PlaceFlags, placeOf } from './place.ts'
import { seeThrough } from './see-through.ts'

export interface SteerFlags extends PlaceFlags {
  readonly full?: boolean
  readonly wait?: boolean
  readonly json?: boolean
}

type Verb = 'promote' | 'pause' | 'resume' | 'abort'

/** What a command asks, and how the rollout should end for it. What is paused is not waited for. */
const verbs: Readonly<
  Record<Verb, (client: ProductionClient, service: string, flags: SteerFlags) => Promise<RolloutView>>
> = {
  promote: (client, service, flags) => client.promote(service, flags.full === true),
  pause: (client, service) => client.pause(service),
  resume: (client, service) => client.resume(service),
  abort: (client, service) => client.abort(service),
}

/** Steers a rollout that goes on, and sees it through from there. */
export async function steer(
  verb: Verb,
  named: string | undefined,
  { flags, context }: { readonly flags: SteerFlags; readonly context: CliContext },
): Promise<void> {
  const place = await placeOf(flags, process.env)
  const { name } = await chooseService(new ProductionClient(place), named, 'rollout')
  const code = await seeThrough({
    place,
    services: [name],
    begin: (client, service) => verbs[verb](client, service, flags),
    wanted: verb === 'abort' ? 'aborted' : 'complete',
    wait: verb !== 'pause' && flags.wait !== false,
    json: flags.json === true,
  })
  context.exit(code)
}
