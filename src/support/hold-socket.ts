import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lookup } from 'node:dns/promises'
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { getSystemErrorMap } from 'node:util'

/** A TCP socket that listens, and from which nothing is accepted here: whoever inherits its descriptor does that. */
export interface HeldSocket {
  readonly descriptor: number
  /** The one that the system chose, where 0 was asked for. */
  readonly port: number
  /** Gives this process's copy up; those of other processes are not touched. */
  close(): void
}

interface Handle {
  readonly fd: number
  getsockname(out: { port?: number }): number
  close(): void
}

/** Ends as soon as it listens, before its event loop could accept anything. */
const listenOnly = `
  const server = require('node:net').createServer()
  server.on('error', ({ code }) => { process.stdout.write(code); process.exitCode = 1 })
  server.listen({ fd: 3 }, () => process.exit(0))`

/**
 * Binds a socket and lets it listen. While any process holds it, connections wait in its queue. A server of node's accepts as
 * soon as it listens, and what it has accepted is no one else's any more. So the socket is bound by the function by which
 * node's own `cluster` module does it, which is not documented, and made to listen in a process that ends at once. Where a
 * later node lacks that function, and on Windows, which has no descriptors to inherit, this throws.
 * @throws Error with the system's `code`, or `ERR_NO_HANDLES`
 */
export async function holdSocket(host: string, port: number): Promise<HeldSocket> {
  const { _createServerHandle: createHandle } = net as { readonly _createServerHandle?: unknown }
  if (typeof createHandle !== 'function' || process.platform === 'win32')
    throw coded('ERR_NO_HANDLES', 'this platform has no sockets that one process binds and another accepts from')
  const { address, family } = await lookup(host)
  const made: unknown = createHandle(address, port, family)
  if (typeof made === 'number') throw systemError(made)
  const handle = made as Handle
  try {
    const bound: { port?: number } = {}
    const failure = handle.getsockname(bound)
    if (failure !== 0 || bound.port === undefined) throw systemError(failure)
    await listen(handle.fd)
    return { descriptor: handle.fd, port: bound.port, close: () => handle.close() }
  } catch (error) {
    handle.close()
    throw error
  }
}

/** A socket that somebody else has bound too, and listened on first, is told here. */
async function listen(descriptor: number): Promise<void> {
  const child = spawn(process.execPath, ['-e', listenOnly], {
    stdio: ['ignore', 'pipe', 'ignore', descriptor],
    env: {},
  })
  const said = child.stdout === null ? Promise.resolve('') : text(child.stdout)
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw coded((await said) || 'EINVAL', `the socket does not listen: ${await said}`)
}

function systemError(errno: number): Error {
  const [code, message] = getSystemErrorMap().get(errno) ?? [`errno ${errno}`, `error ${errno}`]
  return coded(code, message)
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
