import { createInterface } from 'node:readline/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { ApiClient } from '../../api/client.ts'
import { ProductionClient } from '../../api/production-client.ts'
import { HotlaneError, reportError } from '../../support/errors.ts'
import { type PlaceFlags, placeOf } from './place.ts'

/** Pause between two looks whether the session is still there, in ms. */
const againMs = 50

/** Ends everything that `hotlane up` runs, after asking on a terminal. Resolves when its API is gone. */
export async function down(flags: PlaceFlags & { readonly yes?: boolean }): Promise<void> {
  const place = await placeOf(flags, process.env)
  const client = new ProductionClient(place)
  const names = (await client.production()).services.map(({ name }) => name).join(', ')
  if (flags.yes !== true && !(await agrees(`End ${names} and the gateway? Nothing will be served. [y/N] `))) return
  await client.down()
  const session = new ApiClient(place)
  while (await answers(session)) await pause(againMs)
  process.stdout.write(`ended: ${names}, the gateway and hotlane itself\n`)
}

async function agrees(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new HotlaneError('HL7012')
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim())
  } finally {
    terminal.close()
  }
}

async function answers(session: ApiClient): Promise<boolean> {
  try {
    await session.session()
    return true
  } catch (error) {
    const { code } = reportError(error)
    if (code !== 'HL7003' && code !== 'HL7007') throw error
    return false
  }
}
