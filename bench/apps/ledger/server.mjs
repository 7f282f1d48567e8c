// A service that keeps a ledger for "hotlane verify" and ends gracefully: what it has begun it finishes, then it goes.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { DELAY_MS = '10', LEDGER, PORT, VERSION = '1' } = process.env
const version = VERSION
const open = new Set()

const server = createServer(async (request, response) => {
  open.add(response)
  response.once('close', () => open.delete(response))
  const id = request.headers['x-hotlane-verify-id']
  if (id !== undefined) appendFileSync(LEDGER, `${id}\n`)
  let bytes = 0
  request.on('data', (chunk) => (bytes += chunk.length))
  // A client that goes away within its body closes it, too, and must not end the service.
  await new Promise((resolve) => request.once('close', resolve))
  await new Promise((resolve) => setTimeout(resolve, Number(DELAY_MS)))
  if (!server.listening) response.setHeader('connection', 'close')
  response.setHeader('x-version', version)
  response.end(`${bytes} bytes`)
})

const stop = () => {
  server.close(() => process.exit(0))
  // A kept connection that is busy closes after its answer, an idle one at once.
  server.closeIdleConnections()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
server.listen(Number(PORT), '127.0.0.1')
