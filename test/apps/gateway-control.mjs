// Opens one gateway worker for the port given, tells the public port, and stays until it is killed.
import { openWorkers } from '../../dist/gateway/workers/open-workers.js'

const [directory, port] = process.argv.slice(2)
const address = { host: '127.0.0.1', port: 0 }
const settings = { directory, workers: 1, options: { tellRelease: true }, version: '1', told: () => undefined }
const workers = await openWorkers(settings, new AbortController().signal)
const actual = await workers.open(address)
const targets = [{ id: 'shop-1', host: '127.0.0.1', port: Number(port) }]
await workers.install({
  entries: [
    {
      service: 'shop',
      listener: '127.0.0.1:0',
      route: { path: '/' },
      lanes: [{ name: 'stable', state: { kind: 'serve', release: 1, targets } }],
      rules: [],
      hold: { maxRequests: 1000, maxMs: 30_000 },
      browserReload: false,
    },
  ],
})
process.send(actual.port)
setInterval(() => undefined, 1e9)
