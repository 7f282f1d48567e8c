// Passes every request on to the first of the ports in ORIGINS that takes it, and sends it to the next one when that breaks,
// whatever its method, and whether it was executed or not. Tells its port and each repetition on stdout.
import { Agent, createServer, request as send } from 'node:http'

const origins = process.env.ORIGINS.split(',').map(Number)
const agent = new Agent({ keepAlive: false })

function forward(request, body, response, ports) {
  const [port, ...others] = ports
  if (port === undefined) return response.writeHead(502).end()
  const { method, url: path, headers } = request
  send({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
    .on('error', () => forward(request, body, response, others))
    .end(body)
}

const server = createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  forward(request, Buffer.concat(chunks), response, origins)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
