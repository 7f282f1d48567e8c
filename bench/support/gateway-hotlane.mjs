// hotlane's gateway as one process, for the gateway benchmark: arguments are its own port, the app's, and with `lanes` a
// service with two lanes, a rule by header and one by cookie that nobody matches, and a split by address. Behind it may come the
// files of a certificate and its key.
import { createGateway } from '../../dist/gateway/create.js'

const [port, origin] = process.argv.slice(2, 4).map(Number)
const withLanes = process.argv[4] === 'lanes'
const gateway = createGateway({ tellRelease: false })
const [cert, key] = process.argv.slice(5)
const address = await gateway.open({ host: '127.0.0.1', port, ...(cert === undefined ? {} : { tls: { cert, key } }) })
const lane = (name, release) => ({
  name,
  state: { kind: 'serve', release, targets: [{ id: name, host: '127.0.0.1', port: origin }] },
})
const rule = (kind) => ({ lane: 'canary', kind, name: 'version', value: 'beta' })
gateway.install({
  entries: [
    {
      service: 'app',
      listener: `${address.host}:${address.port}`,
      route: { path: '/' },
      lanes: withLanes ? [lane('stable', 1), lane('canary', 2)] : [lane('stable', 1)],
      rules: withLanes ? [rule('header'), rule('cookie')] : [],
      ...(withLanes ? { split: { shares: [{ lane: 'canary', basisPoints: 5000 }], sticky: { kind: 'address' } } } : {}),
      hold: { maxRequests: 1000, maxMs: 30_000 },
      browserReload: false,
    },
  ],
})
// What full collections leave of the heap and of buffers, for the soak (with --expose-gc). The memory of buffers that the
// first one finds unused is given back a moment later.
process.on('SIGUSR2', () => {
  globalThis.gc?.()
  setImmediate(() => {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    console.log(`heap ${heapUsed + external}`)
  })
})
process.on('SIGINT', () => void gateway.close(0).then(() => process.exit(0)))
