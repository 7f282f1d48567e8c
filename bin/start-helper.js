// The process in which "hotlane dev" starts and stops instances; started by it with an IPC channel, and of no use without.
import { serveStarts } from '../dist/supervise/helper/serve.js'

serveStarts()
