import type { Socket } from 'node:net'
import type { LoadBody } from '../../model/verify.ts'

/**
 * Sends a body in the chunked coding (RFC 9112 section 7.1), a piece at a time, and the last chunk after it. Returns the way to
 * end it early. `sent` is called when all of it is written.
 */
export function sendUpload(
  socket: Socket,
  { pieces, pieceBytes, everyMs }: Extract<LoadBody, { readonly kind: 'upload' }>,
  sent: () => void,
): () => void {
  const piece = Buffer.from(`${pieceBytes.toString(16)}\r\n${'u'.repeat(pieceBytes)}\r\n`)
  let left = pieces
  const next = (): void => {
    if (left > 0) {
      left--
      socket.write(piece)
      return
    }
    clearInterval(timer)
    socket.write('0\r\n\r\n')
    sent()
  }
  const timer = setInterval(next, everyMs)
  next()
  return () => clearInterval(timer)
}
