import { presenceOf } from '../../src/gateway/http1/presence.ts'
import type { LaneRequest } from '../../src/gateway/lanes/request.ts'

export interface Asking {
  readonly target?: string
  /** Field lines without their ends. */
  readonly lines?: readonly string[]
  readonly body?: string
  readonly peer?: string
  readonly trusted?: boolean
}

/** A request as the choice of a lane sees it. */
export function laneRequest({ target = '/', lines = [], body = '', peer = '192.0.2.1', trusted }: Asking): LaneRequest {
  return {
    present: presenceOf(...lines.map((line) => line.split(':', 1)[0] ?? '')),
    outgoing: Buffer.from([`GET ${target} HTTP/1.1`, ...lines, '', body].join('\r\n')),
    target: Buffer.from(target).toString('latin1'),
    client: { peer, trusted: trusted ?? false },
    dealt: undefined,
  }
}
