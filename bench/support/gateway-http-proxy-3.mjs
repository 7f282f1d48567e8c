// What http-proxy-3 costs, for the gateway benchmark: arguments are its own port, the app's, and the directory in which it
// is installed.
import { Agent } from 'node:http'
import { createRequire } from 'node:module'
import path from 'node:path'

const [port, origin] = process.argv.slice(2, 4).map(Number)
const { createProxyServer } = createRequire(path.join(process.argv[4], 'package.json'))('http-proxy-3')
const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024 })
const proxy = createProxyServer({ target: `http://127.0.0.1:${origin}`, agent, xfwd: true })
proxy.on('error', (_error, _request, response) => response.destroy())
proxy.listen(port, '127.0.0.1')
