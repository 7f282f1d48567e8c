// The gateway for long: millions of messages compared with llhttp, then millions of requests with memory and descriptors watched.
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openEventStreams } from './event-streams.mjs'
import { freePort, accepts } from './ports.mjs'
import { startGroup } from './process-group.mjs'
import { findProgram } from './programs.mjs'
import { runScript } from './script.mjs'
import { makeTemporary } from './temporary.mjs'
import { residentMegabytes } from './usage.mjs'
import { runWrk } from './wrk.mjs'

const { values } = parseArgs({
  options: {
    /** Streams of messages per kind; 0 leaves this part out. */
    cases: { type: 'string', default: '2000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** Requests through the gateway; 0 leaves this part out. */
    requests: { type: 'string', default: '10000000' },
    /** Of each kind of load in each turn. */
    seconds: { type: 'string', default: '20' },
  },
})

/** Growth that is not taken for a leak: what the heap keeps from one load to the next, and what the allocator keeps of memory. */
const slack = { heapMegabytes: 4, residentMegabytes: 24 }
/** Connections to the app that wait are closed after 4 s. */
const restMs = 15_000
const root = path.resolve(import.meta.dirname, '../..')

/** Tells what `gateway-hotlane.mjs` says of its heap. */
const heaps = new EventEmitter()

const loads = [
  { path: '/' },
  { path: '/', post: true },
  { path: '/large' },
  { path: '/', headers: ['Connection: close'] },
]

await runScript(async (scope) => {
  const fuzzed = Number(values.cases) === 0 || (await fuzz(scope))
  const flat = Number(values.requests) === 0 || (await load(scope))
  return fuzzed && flat ? 0 : 1
})

async function fuzz({ signal }) {
  console.log(`comparing ${values.cases} streams of each kind with llhttp, seed ${values.seed}`)
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', 'test/gateway/differential.test.ts'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, HOTLANE_FUZZ_CASES: values.cases, HOTLANE_FUZZ_SEED: values.seed },
    signal,
  })
  const [code] = await once(child, 'exit')
  return code === 0
}

/** All kinds of load in turn; after each turn of all, when the gateway has nothing to do, what it keeps is measured. */
async function load(scope) {
  const wrk = await findProgram('wrk')
  if (wrk === undefined) {
    console.log('without load: there is no wrk on the PATH')
    return true
  }
  const { signal } = scope
  const script = path.join(await makeTemporary('soak-gateway', scope), 'post.lua')
  await writeFile(script, 'wrk.method = "POST"\nwrk.body = string.rep("x", 1024)\n')
  const [port, origin] = [await freePort(), await freePort()]
  start(['gateway-origin.mjs', origin], scope)
  const gateway = start(['gateway-hotlane.mjs', port, origin, 'lanes'], scope)
  while (!(await accepts(port)) || !(await accepts(origin))) signal.throwIfAborted()
  // The connections of this look have to be gone.
  await delay(1000, undefined, { signal })
  const idle = await descriptorsOf(gateway.pid)
  let done = 0
  let errors = 0
  const turns = []
  while (done < Number(values.requests) || turns.length < 3) {
    for (const { path: target, post, headers } of loads) {
      const url = `http://127.0.0.1:${port}${target}`
      const seconds = Number(values.seconds)
      const run = await runWrk(wrk, { url, connections: 64, seconds, headers, script: post && script, signal })
      done += run.requests
      errors += run.errors
    }
    const streams = await openEventStreams(port, 100, signal)
    streams.close()
    turns.push(await sizes(gateway, idle, signal))
    const { heap, resident, descriptors } = turns.at(-1)
    console.log(
      `${done} requests, ${errors} errors, heap ${heap.toFixed(2)} MB, resident ${resident.toFixed(1)} MB, ` +
        `${descriptors} descriptors (${idle} at the start)`,
    )
  }
  // The turn before fills pools and optimises code.
  const [first, last] = [turns[1], turns.at(-1)]
  const heap = last.heap - first.heap
  const resident = last.resident - first.resident
  const leaked = last.descriptors - idle
  const flat = errors === 0 && heap < slack.heapMegabytes && resident < slack.residentMegabytes && leaked <= 0
  const more = `heap ${heap.toFixed(2)} MB, resident ${resident.toFixed(1)} MB, descriptors ${leaked}`
  console.log(`${flat ? 'flat' : 'NOT FLAT'}: more than at the start: ${more}`)
  return flat
}

/** Once the gateway has no more descriptors than it began with, or will never; its heap is what a full collection leaves. */
async function sizes(gateway, idle, signal) {
  const latest = performance.now() + restMs
  while ((await descriptorsOf(gateway.pid)) > idle && performance.now() < latest)
    await delay(200, undefined, { signal })
  const told = once(heaps, 'heap', { signal })
  process.kill(gateway.pid, 'SIGUSR2')
  const [heap] = await told
  return { heap, resident: await residentMegabytes(gateway.pid), descriptors: await descriptorsOf(gateway.pid) }
}

function descriptorsOf(pid) {
  return readdir(`/proc/${pid}/fd`).then(
    (names) => names.length,
    () => 0,
  )
}

function heard(line) {
  const [, bytes] = /^heap (\d+)$/.exec(line) ?? []
  if (bytes !== undefined) heaps.emit('heap', Number(bytes) / 1_000_000)
}

function start([script, ...args], scope) {
  const argv = [process.execPath, '--expose-gc', path.join(import.meta.dirname, script), ...args.map(String)]
  const group = startGroup(argv, { directory: import.meta.dirname, graceMs: 3000, onLine: heard })
  scope.defer(() => group.stop())
  return group
}
