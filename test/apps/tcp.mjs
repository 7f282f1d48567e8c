// Listens on $LISTEN (default $PORT) without speaking HTTP: says "hello" and closes.
import { createServer } from 'node:net'

const ports = (process.env.LISTEN ?? process.env.PORT).split(',').map(Number)
for (const port of ports) createServer((socket) => socket.end('hello\n')).listen(port)
