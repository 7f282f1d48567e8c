import type { ListenAddress } from '../model/service.ts'
import { holderOf } from '../supervise/holder.ts'
import { HotlaneError } from '../support/errors.ts'

/** The gateway's error with who holds the port, which the gateway cannot know. */
export async function withHolder(error: HotlaneError, { host, port }: ListenAddress): Promise<HotlaneError> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const reason = `the port is taken${await holderOf(port)}`
  return new HotlaneError('HL5001', { params: { address, reason }, cause: error })
}
