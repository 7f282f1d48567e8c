import { once } from 'node:events'
import { connect } from 'node:net'

const eventLine = /^data: (\d+\.\d+)$/gm

/** The time that all processes of a machine share, in milliseconds. */
export const clock = () => performance.timeOrigin + performance.now()

/** Streams of events, `text/event-stream`, from one port; counts the events and how old each was when it came. */
export async function openEventStreams(port, count, signal) {
  const seen = { events: 0, ages: [], lost: 0 }
  const sockets = []
  while (sockets.length < count) {
    signal.throwIfAborted()
    const batch = Array.from({ length: Math.min(100, count - sockets.length) }, () => openOne(port, seen))
    sockets.push(...(await Promise.all(batch)))
  }
  return {
    /** Forgets what was counted so far. */
    restart: () => Object.assign(seen, { events: 0, ages: [], lost: 0 }),
    seen: () => seen,
    close: () => {
      for (const socket of sockets) socket.removeAllListeners('close').destroy()
    },
  }
}

async function openOne(port, seen) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write('GET /events HTTP/1.1\r\nHost: a.test\r\nAccept: text/event-stream\r\n\r\n')
  let rest = ''
  socket.setEncoding('latin1')
  socket.on('data', (text) => {
    rest += text
    const end = rest.lastIndexOf('\n\n')
    if (end === -1) return
    const now = clock()
    for (const [, sent] of rest
      .slice(0, end + 1)
      .replaceAll('\r', '')
      .matchAll(eventLine)) {
      seen.events++
      seen.ages.push(now - Number(sent))
    }
    rest = rest.slice(end + 2)
  })
  socket.on('close', () => seen.lost++)
  await once(socket, 'data')
  return socket
}
