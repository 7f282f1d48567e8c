import { readFileSync } from 'node:fs'
import { platform } from 'node:process'

import { listProcesses } from '../support/group/processes.ts'
import { listeningSockets, socketsOf } from './sockets-procfs.ts'

/** ` by NAME (process PID)` for whoever listens on a port, as far as may be seen; else an empty text. Linux only. */
export async function holderOf(port: number): Promise<string> {
  if (platform !== 'linux') return ''
  const inodes = new Set(listeningSockets().flatMap((socket) => (socket.port === port ? [socket.inode] : [])))
  if (inodes.size === 0) return ''
  const holder = (await listProcesses()).find(({ pid }) => socketsOf(pid)?.some((inode) => inodes.has(inode)) ?? false)
  if (holder?.pid === process.pid) return ' by hotlane itself'
  return holder === undefined ? '' : ` by ${nameOf(holder.pid)} (process ${holder.pid})`
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return 'a program'
  }
}
