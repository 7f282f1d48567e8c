// What a proxy on node:http and undici's dispatch costs, for the gateway benchmark: arguments are its own port, the app's,
// and the directory in which undici is installed.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'

const [port, origin] = process.argv.slice(2, 4).map(Number)
const { Agent } = createRequire(path.join(process.argv[4], 'package.json'))('undici')
const agent = new Agent({ connections: 1024, pipelining: 1 })

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  const { method, url, rawHeaders: headers, socket } = request
  const body = request.headers['content-length'] === undefined && method !== 'POST' ? null : request
  const passed = dropConnection([...headers, 'X-Forwarded-For', socket.remoteAddress])
  agent.dispatch(
    { origin: `http://127.0.0.1:${origin}`, path: url, method, headers: passed, body },
    {
      onConnect: (abort) => response.once('close', () => response.writableEnded || abort()),
      onHeaders: (status, fields, resume) => {
        response.on('drain', resume)
        response.writeHead(status, dropConnection(fields.map(String)))
        return true
      },
      onData: (chunk) => response.write(chunk),
      onComplete: () => response.end(),
      onError: () => response.destroy(),
    },
  )
})
server.listen(port, '127.0.0.1', 4096)

/** Without the fields of one hop. */
function dropConnection(flat) {
  const kept = []
  for (let index = 0; index < flat.length; index += 2)
    if (!/^(connection|keep-alive|transfer-encoding)$/i.test(flat[index])) kept.push(flat[index], flat[index + 1])
  return kept
}
