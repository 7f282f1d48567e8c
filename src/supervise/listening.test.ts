import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

import { describe, expect, it, onTestFinished } from 'vitest'

import { holderOf } from './holder.ts'
import { lookForListeners } from './listening.ts'
import { listenersFromLsof, parseLsof } from './sockets-lsof.ts'
import { parseSocketTable } from './sockets-procfs.ts'

async function listen(host: string): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function hasLsof(): boolean {
  try {
    execFileSync('lsof', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const here = { leader: process.pid, members: () => Promise.resolve([process.pid]), privatePort: 1 }

describe('lookForListeners', () => {
  it.skipIf(process.platform === 'win32')('tells where processes listen, as it changes', async () => {
    const look = lookForListeners(here)
    const one = await listen('127.0.0.1')
    expect(await look()).toContainEqual({ host: '127.0.0.1', port: one })
    const other = await listen('::')
    expect(await look()).toContainEqual({ host: '::', port: other })
    expect(await lookForListeners({ ...here, members: () => Promise.resolve([]) })()).toEqual([])
  })
})

describe('parseSocketTable', () => {
  it.skipIf(process.arch === 's390x')('reads addresses of both families, listening sockets only', () => {
    const line = (local: string, state: string, inode: number) =>
      `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 100 0`
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      line('0100007F:1F90', '0A', 11),
      line('0100007F:1F91', '01', 12),
      line('00000000:0050', '0A', 13),
      line('00000000000000000000000000000000:0051', '0A', 14),
      line('00000000000000000000000001000000:0052', '0A', 15),
      line('0000000000000000FFFF00000100007F:0053', '0A', 16),
      line('B80D01200000000000000000010000FF:0054', '0A', 17),
      '',
    ]
    expect(parseSocketTable(table.join('\n')).map(({ host, port }) => `${host} ${port}`)).toEqual([
      '127.0.0.1 8080',
      '0.0.0.0 80',
      ':: 81',
      '::1 82',
      '127.0.0.1 83',
      '2001:db8::ff00:1 84',
    ])
  })
})

describe('lsof', () => {
  it('is read by its field output', () => {
    expect(parseLsof('p12\nf3\nn*:8080\nf4\nn127.0.0.1:81\nf5\nn[::1]:82\nf6\nnlocalhost\n')).toEqual([
      { host: '::', port: 8080 },
      { host: '127.0.0.1', port: 81 },
      { host: '::1', port: 82 },
    ])
  })

  it.skipIf(!hasLsof())('tells the same as the kernel', async () => {
    const port = await listen('127.0.0.1')
    expect(await listenersFromLsof([process.pid])).toContainEqual({ host: '127.0.0.1', port })
    expect(await listenersFromLsof([])).toEqual([])
  })
})

describe('holderOf', () => {
  it.runIf(process.platform === 'linux')('names the process that listens on a port', async () => {
    const port = await listen('127.0.0.1')
    expect(await holderOf(port)).toBe(' by hotlane itself')
    expect(await holderOf(1)).toBe('')
  })
})
