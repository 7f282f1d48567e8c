import { type Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'

/** No table and no reading comes near it; whoever sends more without an end of line is no peer. */
const longest = 64 * 1024 * 1024

/** Tells each line that comes by a socket. One that is too long, or that `heard` throws at, closes it. */
export function followLines(socket: Socket, heard: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let parts: string[] = []
  let length = 0
  socket.on('data', (bytes) => {
    const [first = '', ...others] = decoder.write(bytes).split('\n')
    parts.push(first)
    length += first.length
    try {
      for (const next of others) {
        const line = parts.join('')
        parts = [next]
        length = next.length
        heard(line)
      }
      if (length > longest) throw new Error('a line has no end')
    } catch (cause) {
      socket.destroy(cause instanceof Error ? cause : new Error(String(cause)))
    }
  })
}
