// hotlane's gateway as one process, for the gateway benchmark: arguments are its own port and the app's.
import { createGateway } from '../../dist/gateway/create.js'

const [port, origin] = process.argv.slice(2).map(Number)
const gateway = createGateway({ tellRelease: false })
const address = await gateway.open({ host: '127.0.0.1', port })
gateway.install({
  entries: [
    {
      service: 'app',
      listener: `${address.host}:${address.port}`,
      route: { path: '/' },
      lanes: [
        {
          name: 'stable',
          state: { kind: 'serve', release: 1, targets: [{ id: 'app', host: '127.0.0.1', port: origin }] },
        },
      ],
      rules: [],
      hold: { maxRequests: 1000, maxMs: 30_000 },
      browserReload: false,
    },
  ],
})
process.on('SIGINT', () => void gateway.close(0).then(() => process.exit(0)))
