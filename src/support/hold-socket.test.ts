import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'

import { expect, it, onTestFinished } from 'vitest'

import { holdSocket } from './hold-socket.ts'

const greets = `require('node:net').createServer((socket) => socket.end('hello')).listen({ fd: 3 }, () => console.log('up'))`

async function greeting(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  let said = ''
  socket.on('data', (bytes) => (said += bytes.toString()))
  await once(socket, 'close')
  return said
}

it('keeps connections waiting until somebody who inherits the socket accepts them, and after that one has died', async () => {
  const held = await holdSocket('127.0.0.1', 0)
  onTestFinished(() => held.close())
  const early = greeting(held.port)
  const start = () => spawn(process.execPath, ['-e', greets], { stdio: ['ignore', 'pipe', 'inherit', held.descriptor] })
  const first = start()
  expect(await early).toBe('hello')
  first.kill('SIGKILL')
  await once(first, 'exit')
  const between = greeting(held.port)
  const second = start()
  expect(await between).toBe('hello')
  second.kill('SIGKILL')
  await once(second, 'exit')
})

it('tells that an address is in use, or is none of this machine', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  await expect(holdSocket('127.0.0.1', (server.address() as AddressInfo).port)).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
  await expect(holdSocket('192.0.2.1', 8080)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' })
  const held = await holdSocket('127.0.0.1', 0)
  onTestFinished(() => held.close())
  await expect(holdSocket('127.0.0.1', held.port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
