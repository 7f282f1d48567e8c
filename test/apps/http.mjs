// Serves HTTP as its environment says, each behaviour on its own:
// LISTEN=port,port (default $PORT), HOST, DELAY_MS before the last one, HEALTH=status of /healthz (default 200),
// HEALTHY_AFTER=n answers 503 to the first n health probes, SEND=message for IPC once it listens.
import { createServer } from 'node:http'

const { DELAY_MS = '0', HEALTH = '200', HEALTHY_AFTER = '0', HOST, LISTEN, PORT, SEND } = process.env
const ports = (LISTEN ?? PORT ?? '0').split(',').map(Number)
let probes = 0

function listen(port) {
  const server = createServer((request, response) => {
    const isEarly = request.url === '/healthz' && ++probes <= Number(HEALTHY_AFTER)
    response.statusCode = isEarly ? 503 : request.url === '/healthz' ? Number(HEALTH) : 200
    response.end(JSON.stringify({ pid: process.pid, url: request.url, env: process.env }))
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, ...(HOST === undefined ? {} : { host: HOST }) }, () => {
      console.log(`listening on ${server.address().port}`)
      resolve()
    })
  })
}

process.on('SIGTERM', () => {
  console.log('bye')
  process.exit(0)
})
for (const port of ports.slice(0, -1)) await listen(port)
await new Promise((resolve) => setTimeout(resolve, Number(DELAY_MS)))
await listen(ports.at(-1))
if (SEND !== undefined) process.send?.(JSON.parse(SEND))
