// Appends the id of every request to the file LEDGER before it executes it, and answers with VERSION after DELAY_MS. Writes its
// pid to the file PID, if there is one, as soon as it listens on PORT. GET /__ledger tells the ids, GET /stream is a stream of
// events, and POST /upload tells how many bytes came. SIGTERM ends it at once; so does its DIE_ON-th request, while it is executed.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { DELAY_MS = '0', DIE_ON, LEDGER, PID, PORT = '0', VERSION = '1' } = process.env

let executed = 0

const server = createServer(async (request, response) => {
  if (request.url === '/__ledger') return response.end(readFileSync(LEDGER, { flag: 'a+' }))
  const id = request.headers['x-hotlane-verify-id']
  if (id !== undefined) appendFileSync(LEDGER, `${id}\n`)
  if (id !== undefined && ++executed === Number(DIE_ON)) process.kill(process.pid, 'SIGKILL')
  if (request.url === '/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${VERSION}\n\n`)
    return
  }
  let bytes = 0
  request.on('data', (chunk) => (bytes += chunk.length))
  // A client that goes away within its body closes it, too, and must not end the app.
  await new Promise((resolve) => request.once('close', resolve))
  await new Promise((resolve) => setTimeout(resolve, Number(DELAY_MS)))
  response.end(request.url === '/upload' ? `${bytes} bytes` : VERSION)
})

server.listen(Number(PORT), '127.0.0.1', () => {
  if (PID !== undefined) writeFileSync(PID, String(process.pid))
  console.log('listening')
})
