import type { ListenAddress } from '../model/service.ts'

/** A URL that a browser on this machine can open. */
export function publicUrl(address: ListenAddress, path: string): string {
  const anywhere = address.host === '0.0.0.0' || address.host === '::'
  const host = anywhere ? 'localhost' : address.host.includes(':') ? `[${address.host}]` : address.host
  return `${address.tls === undefined ? 'http' : 'https'}://${host}:${address.port}${path}`
}
