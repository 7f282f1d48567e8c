import { createServer, run } from '../shared/server.js'
import { ordersRoutes } from './routes.js'

// Edit this line and save, to see the new version served.
const version = 'v1'

const stopping = new AbortController()
const authUrl = process.env.AUTH_URL ?? 'http://127.0.0.1:8081'
const server = createServer(version, ordersRoutes({ version, authUrl, stopping: stopping.signal }))
server.once('stopping', () => stopping.abort())
await run(server, 8080)
