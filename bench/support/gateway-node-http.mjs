// What a proxy on node:http costs, for the gateway benchmark: arguments are its own port and the app's.
import { Agent, createServer, request as send } from 'node:http'

const [port, origin] = process.argv.slice(2).map(Number)
const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024 })

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  const { method, url: path, rawHeaders: headers } = request
  const upstream = send({ host: '127.0.0.1', port: origin, method, path, headers, setHost: false, agent })
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(response)
  })
  upstream.on('error', () => response.destroy())
  request.pipe(upstream)
})
server.listen(port, '127.0.0.1', 4096)
