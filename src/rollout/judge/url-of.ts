import { isIPv6 } from 'node:net'

import type { ListenAddress } from '../../model/service.ts'

/** Base address of whoever listens there, without a final slash (RFC 3986 section 3.2.2: brackets around IPv6). */
export function urlOf({ host, port }: ListenAddress): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
}
