import type { Exchange } from './exchange.ts'

/** What the client is told about its connection. A listener that is shut keeps none. */
export function connectionLines(exchange: Exchange): string {
  if (!exchange.client.listener.listening) exchange.keepAlive = false
  return exchange.keepAlive ? exchange.client.plane.keepAliveLines : 'Connection: close\r\n'
}
