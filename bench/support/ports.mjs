import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'

// Below the ports that systems give to outgoing connections (from 32768 on Linux, from 49152 on others): there, one of
// the many connections of a benchmark could take a port between this look and the tool that is to listen on it.
const lowest = 20_000
const highest = 32_000

/** A TCP port that nothing listens on at this moment, on any address. */
export async function freePort() {
  for (;;) {
    const port = randomInt(lowest, highest)
    if (await canListen(port)) return port
  }
}

async function canListen(port) {
  const server = net.createServer().listen(port)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/** Whether something accepts connections at a port of this machine. */
export async function accepts(port) {
  const socket = net.connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
