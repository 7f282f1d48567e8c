import { ProductionClient } from '../../api/production-client.ts'
import { paint, wantsColor } from '../print/paint.ts'
import { isAbort } from '../../support/errors.ts'
import { chooseService } from './choose.ts'
import { numberOf } from './number.ts'
import { type PlaceFlags, placeOf } from './place.ts'

export interface LogsFlags extends PlaceFlags {
  readonly follow?: boolean
  readonly lane?: string
  readonly release?: string
  readonly lines: string
  readonly json?: boolean
}

/** Prints lines that services wrote, and with `follow` those to come until Ctrl-C or the end of the session. */
export async function logs(service: string | undefined, flags: LogsFlags): Promise<void> {
  const client = new ProductionClient(await placeOf(flags, process.env))
  const chosen = service === undefined ? undefined : (await chooseService(client, service)).name
  const asked = {
    ...(chosen === undefined ? {} : { service: chosen }),
    ...(flags.lane === undefined ? {} : { lane: flags.lane }),
    ...(flags.release === undefined ? {} : { release: numberOf('--release', flags.release) }),
    lines: flags.lines === '0' ? 0 : numberOf('--lines', flags.lines),
    follow: flags.follow === true,
  }
  const colors = paint(wantsColor(process.stdout, process.env))
  const stop = new AbortController()
  // A reader that has seen enough, as `head` has.
  process.stdout.once('error', () => stop.abort())
  try {
    for await (const line of client.logs(asked, stop.signal)) {
      const { lane, release, line: text } = line
      const head = `${colors.cyan(line.service)} ${colors.dim(`${lane} ${release} |`)}`
      process.stdout.write(flags.json === true ? `${JSON.stringify(line)}\n` : `${head} ${text}\n`)
    }
  } catch (error) {
    if (!isAbort(error)) throw error
  }
}
