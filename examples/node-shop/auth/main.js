import { createServer, run } from '../shared/server.js'
import { authRoutes } from './routes.js'

const version = 'v1'

await run(createServer(version, authRoutes(process.env.SHOP_SECRET ?? 'only for development')), 8081)
