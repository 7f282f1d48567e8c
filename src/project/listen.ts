import type { ListenAddress } from '../model/service.ts'

/** What `listen` may be, in words. */
export const listenForms = 'a port or an address such as 8080, ":8080", "127.0.0.1:9000" or "[::1]:80"'

/**
 * An address from `8080` (this machine only), `:8080` (all interfaces), `127.0.0.1:9000`, `[::1]:80`, `localhost:80`;
 * undefined where the text is none. Port 0 lets the system choose.
 */
export function parseListen(text: string | number): ListenAddress | undefined {
  const match = /^(?:(?:\[([\da-fA-F:.]+)\]|([^\s:[\]]*)):)?(\d{1,5})$/.exec(String(text).trim())
  const port = Number(match?.[3])
  if (match === null || port > 65_535) return undefined
  const [, ipv6, name] = match
  if (ipv6 === undefined && name === undefined) return { host: '127.0.0.1', port }
  return { host: ipv6 ?? (name === '' || name === '*' ? '0.0.0.0' : String(name)), port }
}

/** The shortest text that `parseListen` reads as this address. */
export function formatListen(address: ListenAddress): string {
  if (address.host === '127.0.0.1') return String(address.port)
  if (address.host === '0.0.0.0') return `:${address.port}`
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}
