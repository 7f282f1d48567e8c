import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

import type { Delivery } from './deliver.ts'
import { answerHeaders, fieldOf, fields } from './headers.ts'
import { lingerMs } from './limits.ts'
import { relay } from './relay.ts'
import { closeFrame, FrameTracker } from './websocket-frames.ts'

export interface Switched {
  /** The head of the 101 answer. */
  readonly answer: IncomingMessage
  /** Bytes of the new protocol that came with it. */
  readonly head: Buffer
  readonly upstream: Socket
}

/** Code and reason for clients that should connect again (RFC 6455 section 7.4.1 and its registry). */
const restart = { code: 1012, reason: 'service restart' } as const

/** Connects client and origin after a 101: bytes pass as they are, both ways, until one of them ends. */
export function splice({ answer, head, upstream }: Switched, delivery: Delivery): void {
  const { exchange, claim } = delivery
  const { response, socket: client } = exchange
  const early = exchange.upgrade?.take() ?? Buffer.alloc(0)
  exchange.countAnswer(101)
  claim.stream = true
  response.detachSocket(client)
  client.write(headText(answer, delivery), 'latin1')
  for (const socket of [client, upstream]) {
    socket.setTimeout(0)
    socket.setNoDelay(true)
  }
  const webSocket = /^websocket$/i.test(fieldOf(answer.rawHeaders, 'upgrade')?.trim() ?? '')
  const down = relay({ from: upstream, to: client, first: head, tracker: webSocket ? new FrameTracker() : undefined })
  const up = relay({ from: client, to: upstream, first: early, tracker: webSocket ? new FrameTracker() : undefined })

  const close = (): void => {
    client.destroy()
    upstream.destroy()
    exchange.finish()
    claim.release()
  }
  exchange.gone = close
  upstream.on('error', () => {
    if (exchange.over) return
    exchange.countLost()
    close()
  })
  // What came last from the origin must still reach the client, so only the client's own close ends all.
  upstream.once('close', () => (client.writableEnded ? undefined : client.end()))
  claim.end = () => {
    if (!webSocket) {
      exchange.cut()
      return close()
    }
    const timer = setTimeout(() => {
      // Who was told to come back and did not hang up loses nothing; who got half a frame does.
      if (!down.stopped()) exchange.countLost()
      close()
    }, lingerMs)
    client.once('close', () => clearTimeout(timer))
    down.stop(closeFrame(restart.code, restart.reason, false))
    up.stop(closeFrame(restart.code, restart.reason, true))
  }
}

function headText(answer: IncomingMessage, { release }: Delivery): string {
  const headers = answerHeaders(answer.rawHeaders, { chunkable: false, status: 101 })
  if (release !== undefined) headers.push('x-hotlane-release', String(release))
  const lines = [...fields(headers)].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `HTTP/1.1 101 ${answer.statusMessage ?? 'Switching Protocols'}\r\n${lines}\r\n`
}
