import { connect } from 'node:net'

import type { Target } from '../model/table.ts'
import type { Wire, WireEnds } from './wire.ts'

/** A socket to a target that reads into `buffer`. */
export function dial({ host, port }: Target, buffer: Buffer, ends: WireEnds): Wire {
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
  return socket
}
