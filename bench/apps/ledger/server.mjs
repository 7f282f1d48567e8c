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
  const bytes = await lengthOf(request)
  await new Promise((resolve) => setTimeout(resolve, Number(DELAY_MS)))
  if (!server.listening) response.setHeader('connection', 'close')
  response.setHeader('x-version', version)
  response.end(`${bytes} bytes`)
})

/** What came of the body until its end, or until its client went away: that must not end the service. */
async function lengthOf(request) {
  let bytes = 0
  try {
    for await (const chunk of request) bytes += chunk.length
  } catch (error) {
    if (!request.destroyed) throw error
  }
  return bytes
}

const stop = () => {
  server.close(() => process.exit(0))
  // A kept connection that is busy closes after its answer, an idle one at once.
  server.closeIdleConnections()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
server.listen(Number(PORT), '127.0.0.1')
