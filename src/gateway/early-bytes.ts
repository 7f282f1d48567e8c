import type { Socket } from 'node:net'

/** A client may send this much before its upgrade is answered; more waits in the socket. */
const limitBytes = 64 * 1024

/** What a client sends before it knows that its upgrade was accepted. Reading also shows when the client goes away. */
export interface EarlyBytes {
  /** Stops collecting and returns what has come; the socket is paused. */
  take(): Buffer
}

export function collectEarlyBytes(socket: Socket, head: Buffer): EarlyBytes {
  const chunks = [head]
  let size = head.length
  const collect = (chunk: Buffer): void => {
    chunks.push(chunk)
    size += chunk.length
    if (size > limitBytes) socket.pause()
  }
  const leave = (): void => void socket.destroy()
  socket.on('data', collect)
  socket.on('end', leave)
  return {
    take: () => {
      socket.pause()
      socket.off('data', collect)
      socket.off('end', leave)
      return Buffer.concat(chunks.splice(0))
    },
  }
}
