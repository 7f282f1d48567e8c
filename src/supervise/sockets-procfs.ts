import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { endianness } from 'node:os'

import { errnoOf } from '../support/files.ts'

/** A socket that listens, from the kernel's table. */
export interface ListeningSocket {
  readonly host: string
  readonly port: number
  readonly inode: string
}

const listenState = '0A'
const chunkBytes = 16 * 1024

/** All listening TCP sockets of this network namespace, proc_pid_net(5). */
export function listeningSockets(): readonly ListeningSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => parseSocketTable(readListening(file)))
}

/**
 * The kernel tells listening sockets before all others, of which there may be many thousand: so reading stops at the first
 * that does not listen.
 */
function readListening(file: string): string {
  let text = ''
  let descriptor
  try {
    descriptor = openSync(file, 'r')
  } catch {
    // No IPv6 on this machine.
    return text
  }
  try {
    const chunk = Buffer.alloc(chunkBytes)
    for (let read = -1; read !== 0 && !hasOtherState(text);) {
      read = readSync(descriptor, chunk)
      text += chunk.toString('latin1', 0, read)
    }
  } finally {
    closeSync(descriptor)
  }
  return text
}

function hasOtherState(text: string): boolean {
  return /^ *\d+: \S+ \S+ (?!0A)[0-9A-F]{2} /m.test(text)
}

export function parseSocketTable(text: string): readonly ListeningSocket[] {
  const sockets: ListeningSocket[] = []
  for (const line of text.split('\n')) {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/)
    if (state !== listenState || inode === undefined) continue
    const [address = '', port = ''] = local.split(':')
    sockets.push({ host: parseAddress(address), port: Number.parseInt(port, 16), inode })
  }
  return sockets
}

/** Words of 32 bits in the machine's byte order: one for IPv4, four for IPv6. IPv4 within IPv6 is told as IPv4. */
function parseAddress(hex: string): string {
  const bytes = Buffer.from(hex, 'hex')
  if (endianness() === 'LE') bytes.swap32()
  if (bytes.length === 4) return bytes.join('.')
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  if (words.slice(0, 6).join(':') === '0:0:0:0:0:ffff') return bytes.subarray(12).join('.')
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1)
}

/**
 * Inodes of the sockets that a process holds; undefined where that may not be seen (a program with capabilities of its own
 * or of another user), and nothing for one that has ended.
 */
export function socketsOf(pid: number): readonly string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => inodeOf(`/proc/${pid}/fd/${descriptor}`))
  } catch (error) {
    return errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM' ? undefined : []
  }
}

function inodeOf(link: string): string[] {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1]
    return inode === undefined ? [] : [inode]
  } catch {
    // Closed since it was listed.
    return []
  }
}
