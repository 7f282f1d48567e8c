import path from 'node:path'
import { freePort } from '../ports.mjs'
import { startGroup } from '../process-group.mjs'

const program = path.resolve(import.meta.dirname, '../../apps/ledger/server.mjs')

/**
 * Instances of the Node ledger app for a proxy that moves traffic between them. `replace` starts the next, waits until it
 * answers, lets `move(port)` do its part, and ends the one before with SIGTERM: the best that a careful script does.
 */
export function instancesOf({ ledger }, scope) {
  let running
  let version = 0
  async function start() {
    version++
    const port = await freePort()
    const env = { ...process.env, PORT: String(port), LEDGER: ledger, VERSION: String(version) }
    const group = startGroup([process.execPath, program], {
      directory: import.meta.dirname,
      env,
      stopSignal: 'SIGTERM',
    })
    scope.defer(group.stop)
    await answers(`http://127.0.0.1:${port}/`, String(version), scope.signal)
    return { port, version: String(version), stop: group.stop }
  }
  return {
    async replace(move) {
      const before = running
      running = await start()
      await move(running.port, running.version)
      await before?.stop()
    },
  }
}

/** Resolves when a new connection is answered by that version. */
export async function answers(url, version, signal) {
  for (;;) {
    signal.throwIfAborted()
    const answer = await fetch(url, { headers: { connection: 'close' }, signal }).catch(() => undefined)
    await answer?.text().catch(() => undefined)
    if (answer?.headers.get('x-version') === version) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
