import type { Exchange } from './exchange.ts'
import { clientIdleMs } from './limits.ts'

const keepAliveLines = `Connection: keep-alive\r\nKeep-Alive: timeout=${clientIdleMs / 1000}\r\n`

/** What the client is told about its connection. A listener that is shut keeps none. */
export function connectionLines(exchange: Exchange): string {
  if (!exchange.client.listener.listening) exchange.keepAlive = false
  return exchange.keepAlive ? keepAliveLines : 'Connection: close\r\n'
}
