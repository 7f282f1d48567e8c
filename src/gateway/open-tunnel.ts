import type { Arrived } from './answer-reader.ts'
import type { Exchange } from './exchange.ts'
import { editAnswer, upgradeLines } from './http1/edit-answer.ts'
import { laneLines } from './lanes/lane-lines.ts'
import type { OriginConnection } from './origin-connection.ts'
import { Tunnel } from './tunnel.ts'

/** Passes a 101 on, and connects both ends. */
export function openTunnel(exchange: Exchange, upstream: OriginConnection, arrived: Arrived): Tunnel {
  const { head, source, base } = arrived
  const upgrade = upgradeLines(head, source, base)
  exchange.countAnswer(101)
  exchange.streamed = true
  const lines = laneLines(exchange) + upgrade
  const { slab } = upstream.plane
  exchange.send(editAnswer(head, source, base, { slab, lines, body: source, bodyStart: 0, bodyEnd: 0 }))
  return new Tunnel(exchange, upstream, /^Upgrade:[ \t]*websocket[ \t]*\r\n/i.test(upgrade))
}
