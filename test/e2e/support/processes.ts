import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createConnection, createServer } from 'node:net'

/** Whether a process with that pid runs. One that has ended but was not reaped by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
    .trim()
    .startsWith('Z')
}

/** Whether anything accepts connections there. */
export async function accepts(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/**
 * A port that nobody listens on, below those that the system gives to outgoing connections: else a client that keeps asking
 * for a port that is closed for a moment may be given this very port, and the server cannot have it any more.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const server = createServer().listen(port, '127.0.0.1')
    const free = await Promise.race([
      once(server, 'listening').then(() => true),
      new Promise<boolean>((resolve) => server.once('error', () => resolve(false))),
    ]).catch(() => false)
    if (!free) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
