// The thread in which "hotlane dev" starts and stops instances; started by it as a worker thread, and of no use without.
import { parentPort } from 'node:worker_threads'
import { serveStarts } from '../dist/supervise/thread/serve.js'

if (parentPort !== null) serveStarts(parentPort)
