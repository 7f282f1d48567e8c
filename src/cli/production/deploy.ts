import path from 'node:path'
import { ProductionClient } from '../../api/production-client.ts'
import type { Strategy } from '../../model/plan.ts'
import { HotlaneError } from '../../support/errors.ts'
import type { CliContext } from '../commands.ts'
import { chooseService } from './choose.ts'
import { type PlaceFlags, placeOf } from './place.ts'
import { seeThrough } from './see-through.ts'

export interface DeployFlags extends PlaceFlags {
  readonly all?: boolean
  readonly artifact?: string
  readonly strategy?: Strategy
  readonly queue?: boolean
  readonly wait: boolean
  readonly json?: boolean
}

/** Deploys one service, or all of them at the same time, and sees it through. */
export async function deploy(service: string | undefined, flags: DeployFlags, context: CliContext): Promise<void> {
  if (flags.all === true && (service !== undefined || flags.artifact !== undefined)) {
    const what = `--all and ${service === undefined ? '--artifact' : 'a service'} exclude each other`
    throw new HotlaneError('HL7001', { params: { what, help: 'hotlane deploy --help' } })
  }
  const place = await placeOf(flags, process.env)
  const client = new ProductionClient(place)
  const services =
    flags.all === true
      ? await allOf(client)
      : // One that is new in the settings is not served yet; whether there is such a one the session knows.
        [service ?? (await chooseService(client, undefined)).name]
  const { artifact, strategy, queue, json, wait } = flags
  const asked = {
    ...(artifact === undefined ? {} : { artifact: path.resolve(artifact) }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(queue === undefined ? {} : { queue }),
  }
  const code = await seeThrough({
    place,
    services,
    begin: (through, name) => through.deploy({ service: name, ...asked }),
    wanted: 'complete',
    wait,
    json: json === true,
  })
  context.exit(code)
}

/** Those in the settings. Others that are served are named: they have no sources to be deployed from. */
async function allOf(client: ProductionClient): Promise<readonly string[]> {
  const declared = await client.declared()
  const { services } = await client.production()
  const others = services.map(({ name }) => name).filter((name) => !declared.includes(name))
  if (others.length > 0) {
    const [are, them] = others.length === 1 ? ['is', 'it'] : ['are', 'them']
    process.stderr.write(
      `${others.join(' and ')} ${are} not in the settings any more; "hotlane up" serves ${them} as before until "hotlane down"\n`,
    )
  }
  return declared
}
