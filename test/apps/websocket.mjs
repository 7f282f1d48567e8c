// A WebSocket server on PORT that sends each message back, after a greeting. By path: /late answers after 20 ms, /altered changes
// the third message, /mute leaves it out, /restart and /bye close with 1012 and 1000 instead of an answer to it. Any plain request
// is answered "ok". SIGTERM ends it when its connections have ended, which are closed with 1001.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const { PORT = '0' } = process.env
const server = createServer((_request, response) => response.end('ok'))
const sockets = new WebSocketServer({ server })

const answers = {
  '/late': (socket, text) => setTimeout(() => socket.send(text), 20),
  '/altered': (socket, text, n) => socket.send(n === 3 ? text.toUpperCase() : text),
  '/mute': (socket, text, n) => n !== 3 && socket.send(text),
  '/restart': (socket, text, n) => (n === 3 ? socket.close(1012) : socket.send(text)),
  '/bye': (socket, text, n) => (n === 3 ? socket.close(1000) : socket.send(text)),
}

sockets.on('connection', (socket, { url }) => {
  const answer = answers[url] ?? ((_socket, text) => socket.send(text))
  let count = 0
  socket.send('welcome')
  socket.on('message', (message) => answer(socket, message.toString(), ++count))
})

process.on('SIGTERM', () => {
  for (const socket of sockets.clients) socket.close(1001)
  server.close()
})

server.listen(Number(PORT), '127.0.0.1', () => console.log(server.address().port))
