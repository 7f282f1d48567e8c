import { readFileSync } from 'node:fs'
import { platform } from 'node:process'

import { listProcesses } from '../support/group/processes.ts'
import { listeningSockets, socketsOf } from './sockets-procfs.ts'

/** Pid of hotlane, for which this process may be no more than a helper. */
let hotlane = process.pid

/** Takes this process for a helper of the one with this pid. */
export function lookFor(pid: number): void {
  hotlane = pid
}

/** ` by NAME (process PID)` for whoever listens on a port, as far as may be seen; else an empty text. Linux only. */
export async function holderOf(port: number): Promise<string> {
  if (platform !== 'linux') return ''
  const inodes = new Set(listeningSockets().flatMap((socket) => (socket.port === port ? [socket.inode] : [])))
  if (inodes.size === 0) return ''
  const holder = (await listProcesses()).find(({ pid }) => socketsOf(pid)?.some((inode) => inodes.has(inode)) ?? false)
  if (holder?.pid === hotlane) return ' by hotlane itself'
  return holder === undefined ? '' : ` by ${nameOf(holder.pid)} (process ${holder.pid})`
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return 'a program'
  }
}
