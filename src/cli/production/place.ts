import path from 'node:path'
import type { ApiPlace } from '../../api/connection.ts'
import { readToken } from '../../api/token.ts'
import { locateSocket } from '../../inspect.ts'
import { HotlaneError } from '../../support/errors.ts'

/** How a running hotlane is found. */
export interface PlaceFlags {
  readonly directory?: string
  readonly state?: string
  readonly api?: string
  readonly tokenFile?: string
}

/**
 * Where the API is that a command asks: at `--api` or HOTLANE_API, else on the socket in the state directory, which is that of
 * `--state` or HOTLANE_STATE, else `.hotlane` in the project.
 * @throws HotlaneError HL7001 (no address), HL7009 (no token)
 */
export async function placeOf(flags: PlaceFlags, env: Readonly<NodeJS.ProcessEnv>): Promise<ApiPlace> {
  const api = flags.api ?? given(env['HOTLANE_API'])
  if (api !== undefined && flags.state === undefined) return { url: urlOf(api), token: await tokenOf(flags, env) }
  const directory = path.resolve(flags.directory ?? '.')
  const state = flags.state ?? given(env['HOTLANE_STATE'])
  return { socket: locateSocket(directory, process.platform, state), directory: state ?? directory }
}

async function tokenOf(flags: PlaceFlags, env: Readonly<NodeJS.ProcessEnv>): Promise<string> {
  if (flags.tokenFile !== undefined) return readToken(path.resolve(flags.tokenFile))
  const token = given(env['HOTLANE_TOKEN'])
  if (token === undefined) throw new HotlaneError('HL7006')
  return token
}

function urlOf(text: string): URL {
  const whole = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (url?.protocol === 'http:' && url.hostname !== '') return url
  const what = `${text} is no address of an API, such as http://127.0.0.1:9000`
  throw new HotlaneError('HL7001', { params: { what, help: 'hotlane status --help' } })
}

function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
