import type { Exchange } from './exchange.ts'

/** What the client is told about its connection. A listener that is shut keeps none, but for what was asked already. */
export function connectionLines(exchange: Exchange): string {
  if (!exchange.client.listener.listening && exchange.next === undefined) exchange.keepAlive = false
  return exchange.keepAlive ? exchange.client.plane.keepAliveLines : 'Connection: close\r\n'
}
