import { once } from 'node:events'
import http from 'node:http'
import { keepLedger } from './ledger.js'

/** Answers with JSON. */
export function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** The JSON of a request, or undefined where it is none or too long. */
export async function readJson(request, maxBytes = 64 * 1024) {
  const chunks = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * A server of routes, `{ 'GET /path': (request, response, url) => … }`; `:id` stands for any last part.
 * /health and /version are answered here, and /__ledger where $LEDGER names a file.
 */
export function createServer(version, routes) {
  const ledger = process.env.LEDGER ? keepLedger(process.env.LEDGER) : undefined
  const all = {
    ...(ledger ? { 'GET /__ledger': ledger.tell } : {}),
    'GET /health': (_, response) => send(response, 200, { status: 'ok' }),
    'GET /version': (_, response) => send(response, 200, { version, pid: process.pid }),
    ...routes,
  }
  const open = new Set()
  const server = http.createServer(async (request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    const url = new URL(request.url, 'http://shop')
    const answer = all[`${request.method} ${url.pathname}`] ?? all[`${request.method} ${url.pathname.replace(/[^/]+$/, ':id')}`]
    if (answer === undefined) return send(response, 404, { error: 'there is nothing here' })
    try {
      ledger?.enter(request)
      await answer(request, response, url)
    } catch (error) {
      console.error(error)
      if (response.headersSent) response.destroy()
      else send(response, 500, { error: 'something went wrong' })
    }
  })
  // A connection that is kept alive after its answer would keep the process alive, too.
  server.once('stopping', () => open.forEach(closeAfter))
  return server
}

function closeAfter(response) {
  const { socket } = response
  if (!response.headersSent) response.setHeader('connection', 'close')
  response.once('finish', () => socket.end())
}

/** Serves on $PORT, or the port given, until SIGTERM or Ctrl-C; then requests in flight finish. */
export async function run(server, port) {
  server.listen(Number(process.env.PORT ?? port))
  await once(server, 'listening')
  console.log(`listening on ${server.address().port}`)
  const stop = () => {
    server.emit('stopping')
    server.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
