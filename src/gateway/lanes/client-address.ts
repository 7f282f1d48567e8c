import { isIP } from 'node:net'

import { firstValue } from '../http1/find-field.ts'
import type { LaneRequest } from './request.ts'

const forwardedFor = Buffer.from('x-forwarded-for')

/**
 * The address that a request came from first, as far as it can be believed: the peer, or behind trusted proxies the last
 * address of `X-Forwarded-For` that is none of theirs.
 */
export function clientAddress(request: LaneRequest, trusts: (address: string) => boolean): string {
  const { peer, trusted } = request.client
  if (!trusted) return peer
  const chain = (firstValue(request.outgoing, forwardedFor) ?? peer).split(',')
  for (let index = chain.length - 1; index > 0; index--) {
    const address = plain(chain[index] ?? '')
    if (isIP(address) === 0 || !trusts(address)) return address
  }
  return plain(chain[0] ?? peer)
}

/** Some proxies add the port, in brackets for IPv6. */
function plain(entry: string): string {
  const text = entry.trim()
  return /^\[([^\]]*)\]/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text
}
