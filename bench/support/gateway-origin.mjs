// The app behind the proxies of the gateway benchmark: answers every request from memory, at as little cost as possible, and
// tells all its event streams the time, ten times per second.
import { createServer } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')
const json = answerOf('application/json', Buffer.from('{"id":42,"name":"tea","price":3.5,"inStock":true}'))
const large = answerOf('application/octet-stream', Buffer.alloc(64 * 1024, 'x'))

const eventHead = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
const everyMs = 100
const streams = new Set()
setInterval(() => {
  for (const socket of streams) socket.write(event())
}, everyMs)

const server = createServer({ noDelay: true }, (socket) => {
  let pending = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
    for (;;) {
      const end = pending.indexOf(headEnd)
      if (end === -1) return
      const head = pending.toString('latin1', 0, end)
      const length = Number(/\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      if (pending.length < end + 4 + length) return
      pending = pending.subarray(end + 4 + length)
      if (head.startsWith('GET /events')) {
        streams.add(socket)
        socket.once('close', () => streams.delete(socket))
        socket.write(eventHead + event())
        continue
      }
      socket.write(head.startsWith('GET /large') ? large : json)
      if (/\nconnection: *close/i.test(head)) return void socket.end()
    }
  })
})
server.listen(Number(process.argv[2]), '127.0.0.1', 4096)

function event() {
  const text = `data: ${(performance.timeOrigin + performance.now()).toFixed(3)}\n\n`
  return `${text.length.toString(16)}\r\n${text}\r\n`
}

function answerOf(type, body) {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}
