// The process of the load generator of "hotlane verify"; started by it with an IPC channel, and of no use without.
import { serveGenerator } from '../dist/verify/generator/serve.js'

await serveGenerator()
