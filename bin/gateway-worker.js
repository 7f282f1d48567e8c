// A worker process of hotlane's gateway; started by "hotlane up" or by a sibling with its spec as argument, and of no use without.
import { serveWorker } from '../dist/gateway/workers/serve.js'

await serveWorker(process.argv[2] ?? '')
process.exit()
