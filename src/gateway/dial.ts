import { connect } from 'node:net'

import type { Target } from '../model/table.ts'
import { PlainWire } from '../support/wire/plain-wire.ts'
import type { Wire } from '../support/wire/wire.ts'
import type { WireEnds } from './wire-ends.ts'
import type { WriteRequests } from '../support/wire/write-requests.ts'

export interface DialOptions {
  /** The socket reads into it. */
  readonly buffer: Buffer
  readonly requests: WriteRequests
}

/** A socket to a target. */
export function dial({ host, port }: Target, { buffer, requests }: DialOptions, ends: WireEnds): Wire {
  const socket = connect({
    host,
    port,
    allowHalfOpen: true,
    noDelay: true,
    onread: {
      buffer,
      callback: (length, bytes) => {
        ends.read(bytes as Buffer, length)
        return true
      },
    },
  })
  socket.on('connect', () => ends.connected())
  socket.on('drain', () => ends.drained())
  socket.on('end', () => ends.ended())
  socket.on('error', (error) => ends.failed(error.message))
  socket.on('close', () => ends.closed())
  return new PlainWire(socket, { requests, drained: () => ends.drained() })
}
