import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import type { Target } from '../plan.ts'

/** One read of a socket; what is longer comes in several. */
const readBytes = 64 * 1024

/**
 * Opens a connection. What comes is the first `length` bytes of `memory`, which are valid during the call of `onBytes` only.
 * Over plain TCP all connections may share `memory`, for each read is taken before the next one.
 */
export function dial(target: Target, memory: Buffer, onBytes: (memory: Buffer, length: number) => void): Socket {
  const { host, port } = target
  if (target.tls) {
    // What is measured is the service, not its certificate: a development server signs its own.
    const socket = tls.connect({ host, port, servername: net.isIP(host) === 0 ? host : '', rejectUnauthorized: false })
    socket.on('data', (bytes) => onBytes(bytes, bytes.length))
    return socket
  }
  const socket = net.connect({
    host,
    port,
    noDelay: true,
    onread: {
      buffer: memory,
      callback: (length, bytes) => {
        onBytes(bytes as Buffer, length)
        return true
      },
    },
  })
  socket.once('connect', () => {
    // While nobody listens on a port of this machine, a connection to it may be given that very port as its own, and is then
    // connected with itself (RFC 9293 section 3.5, simultaneous open): it would answer itself and keep the service from starting.
    if (socket.localPort !== socket.remotePort || socket.localAddress !== socket.remoteAddress) return
    socket.destroy(Object.assign(new Error('connected with itself'), { code: 'ECONNREFUSED' }))
  })
  return socket
}

export function readMemory(): Buffer {
  return Buffer.allocUnsafeSlow(readBytes)
}
