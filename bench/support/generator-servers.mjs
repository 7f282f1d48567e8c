import { writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort } from './ports.mjs'
import { startGroup } from './process-group.mjs'
import { makeTemporary } from './temporary.mjs'

const shop = path.resolve(import.meta.dirname, '../../examples/gin-shop')

/** HAProxy, which answers by itself: the fastest that is at hand, so that it is the last to be the limit. Resolves with a URL. */
export async function serveHaproxy({ haproxy, pinned }, scope) {
  const port = await freePort()
  const file = path.join(await makeTemporary('generator', scope), 'haproxy.cfg')
  await writeFile(file, configuration(port))
  return serve([...pinned, haproxy, '-db', '-f', file], { directory: os.tmpdir() }, `http://127.0.0.1:${port}/`, scope)
}

/** A handler of the example Gin shop that does next to nothing: what a service is at its fastest. Resolves with a URL. */
export async function serveGin({ go, pinned }, scope) {
  const port = await freePort()
  const program = path.join(await makeTemporary('generator', scope), 'orders')
  const builder = startGroup([go, 'build', '-o', program, './cmd/orders'], { directory: shop })
  scope.defer(builder.stop)
  if ((await builder.exited).code !== 0) throw new Error(builder.output())
  const env = { ...process.env, PORT: String(port), GIN_MODE: 'release', GOMAXPROCS: '1' }
  return serve([...pinned, program], { directory: os.tmpdir(), env }, `http://127.0.0.1:${port}/health`, scope)
}

async function serve(argv, options, url, { signal, defer }) {
  const group = startGroup(argv, { ...options, stopSignal: 'SIGTERM' })
  defer(group.stop)
  const ended = new AbortController()
  void group.exited.then(() => ended.abort())
  while (!ended.signal.aborted) {
    const answer = await fetch(url, { signal }).catch(() => signal.throwIfAborted())
    if (answer?.ok) return url
  }
  throw new Error(`${argv.at(-1)} ended:\n${group.output()}`)
}

function configuration(port) {
  return `global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend all
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain string "hello"
`
}
