import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { randomUUID } from 'node:crypto'

import { splitLines } from './lines.ts'
import { parseJson } from '../json.ts'

/** Descriptors of the two ends in the process that is started. */
const first = 3

/** What a process is started with to get a channel. */
export interface Channel {
  /** To follow stdin, stdout and stderr. */
  readonly stdio: readonly [Socket, Socket]
  readonly env: Readonly<Record<string, string>>
  /** To be called when the process is spawned or could not be. What it sends is read for as long as this process lives. */
  readonly spawned: () => void
}

/**
 * Node's IPC channel (`process.send`), whose other end the process holds too: so it is never disconnected, and a message
 * that is sent after the death of whoever started it is lost, where `process.send` would otherwise end the sender by an
 * `ERR_IPC_CHANNEL_CLOSED` that few programs expect. POSIX only.
 */
export async function openChannel(onMessage: (message: unknown) => void): Promise<Channel> {
  const [theirs, ours] = await socketPair()
  const splitter = splitLines((line) => onMessage(parseJson(line)))
  ours.on('data', (chunk: Buffer) => splitter.write(chunk))
  // An end of the process in the middle of a message is no fault.
  ours.on('error', () => undefined)
  ours.unref()
  return {
    stdio: [theirs, ours],
    env: { NODE_CHANNEL_FD: String(first), NODE_CHANNEL_SERIALIZATION_MODE: 'json' },
    spawned: () => {
      theirs.destroy()
      // A spawn stops the reading of what it hands on.
      ours.resume()
    },
  }
}

/** Two connected stream sockets, over a socket file that is there for a moment. */
async function socketPair(): Promise<readonly [Socket, Socket]> {
  const file = path.join(tmpdir(), `hotlane-${randomUUID().slice(0, 18)}.sock`)
  const server = createServer()
  server.listen(file)
  await once(server, 'listening')
  try {
    const accepted = once(server, 'connection') as Promise<[Socket]>
    const theirs = connect(file)
    // Both may fail; whoever waits is told by the one that is waited for.
    await Promise.all([once(theirs, 'connect'), accepted])
    const [ours] = await accepted
    return [theirs, ours]
  } finally {
    server.close()
    await rm(file, { force: true })
  }
}
