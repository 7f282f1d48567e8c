// Accepts from the socket at descriptor 3, as systemd hands it over, echoes bodies, and ends when asked to.
// STATUS of its answers (default 200); ACCEPT=no lets it listen to nobody; SEND=message for IPC.
import { createServer } from 'node:http'

const { ACCEPT, LISTEN_FDNAMES, LISTEN_FDS, LISTEN_PID, SEND, STATUS = '200' } = process.env
if (LISTEN_PID !== String(process.pid) || LISTEN_FDS !== '1' || LISTEN_FDNAMES !== 'http') {
  console.log(`no socket for ${process.pid}: ${LISTEN_PID} ${LISTEN_FDS} ${LISTEN_FDNAMES}`)
  process.exit(1)
}
const server = createServer((request, response) => {
  response.writeHead(Number(STATUS), { 'x-pid': process.pid })
  request.pipe(response)
})
process.on('SIGTERM', () => server.close(() => process.exit(0)))
if (ACCEPT === 'no') setInterval(() => undefined, 1e9)
else server.listen({ fd: 3 })
if (SEND !== undefined) process.send?.(JSON.parse(SEND))
