import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'

import { expect, it, onTestFinished } from 'vitest'

import { holdSocket } from '../../support/hold-socket.ts'
import { acceptedBy, inodeOf } from './accepted-by.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 22 1 0 20 4 30 10 -1
   2: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 33 1 0 20 4 30 10 -1
   3: 0100007F:1F90 0100007F:C351 06 00000000:00000000 00:00000000 00000000     0        0 44 1 0 20 4 30 10 -1`

it("finds the server's end of a connection, and no other", () => {
  expect(inodeOf({ serverPort: 8080, clientPort: 50_000 }, table)).toBe('22')
  expect(inodeOf({ serverPort: 8080, clientPort: 50_001 }, table)).toBeUndefined()
  expect(inodeOf({ serverPort: 8080, clientPort: 50_002 }, table)).toBeUndefined()
})

it.skipIf(process.platform !== 'linux')('tells who has accepted, and that nobody has', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const held = await holdSocket('127.0.0.1', 0)
  onTestFinished(() => held.close())
  const reach = async (serverPort: number): Promise<{ serverPort: number; clientPort: number }> => {
    const socket = connect(serverPort, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
    return { serverPort, clientPort: socket.localPort ?? 0 }
  }
  const accepted = once(server, 'connection')
  const ends = await reach((server.address() as AddressInfo).port)
  await accepted
  expect(await acceptedBy([process.pid], ends)).toBe('these')
  expect(await acceptedBy([process.ppid], ends)).toBe('other')
  expect(await acceptedBy([process.pid], await reach(held.port))).toBe('waiting')
})
