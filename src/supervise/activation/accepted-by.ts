import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { platform } from 'node:process'
import { promisify } from 'node:util'

import { socketsOf } from '../sockets-procfs.ts'

const run = promisify(execFile)

/** A connection of ours, by the ports of its ends. */
export interface Ends {
  readonly serverPort: number
  readonly clientPort: number
}

/**
 * Whether one of some processes has accepted a connection that was opened on this machine, where several may accept from one
 * socket. `waiting` while nobody has. Linux: the kernel's socket table against the descriptors of the processes, proc_pid_net(5).
 * macOS and BSD: `lsof`, which does not tell `waiting` from `other`. Without either it is always `other`: then only a message
 * makes an instance ready.
 */
export async function acceptedBy(pids: readonly number[], ends: Ends): Promise<'these' | 'other' | 'waiting'> {
  if (platform !== 'linux') return (await seenByLsof(pids, ends)) ? 'these' : 'other'
  const inode = inodeOf(ends, socketTable())
  if (inode === undefined) return 'other'
  if (inode === '0') return 'waiting'
  return pids.some((pid) => socketsOf(pid)?.includes(inode) === true) ? 'these' : 'other'
}

const established = '01'

/** Inode of the server's end; 0 while it waits to be accepted, undefined where there is none. */
export function inodeOf({ serverPort, clientPort }: Ends, table: string): string | undefined {
  for (const line of table.split('\n')) {
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/)
    if (state === established && portOf(local) === serverPort && portOf(remote) === clientPort) return inode
  }
  return undefined
}

function portOf(address: string | undefined): number {
  return Number.parseInt(address?.split(':')[1] ?? '', 16)
}

function socketTable(): string {
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .map((file) => {
      try {
        return readFileSync(file, 'latin1')
      } catch {
        // No IPv6 on this machine.
        return ''
      }
    })
    .join('\n')
}

async function seenByLsof(pids: readonly number[], { serverPort, clientPort }: Ends): Promise<boolean> {
  const args = ['-nP', '-a', '-p', pids.join(','), `-iTCP:${serverPort}`, '-sTCP:ESTABLISHED', '-Fn']
  const text = await run('lsof', args).then(
    ({ stdout }) => stdout,
    // It exits with 1 when it finds nothing.
    () => '',
  )
  return text.split('\n').some((line) => line.startsWith('n') && line.endsWith(`:${clientPort}`))
}
