// The gateway for long: millions of messages compared with llhttp, then millions of requests with memory and descriptors watched.
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openEventStreams } from './event-streams.mjs'
import { describeMachine, machineLine } from './machine.mjs'
import { freePort, accepts } from './ports.mjs'
import { startGroup } from './process-group.mjs'
import { findProgram } from './programs.mjs'
import { saveResults } from './results.mjs'
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
    /** The load ends then, whatever is left of it. */
    minutes: { type: 'string', default: '90' },
    /** Write bench/results. */
    save: { type: 'boolean', default: false },
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
  const machine = await describeMachine()
  const [wanted, began] = [Number(values.requests), performance.now()]
  const latest = began + Number(values.minutes) * 60_000
  let done = 0
  let errors = 0
  const turns = []
  while ((done < wanted || turns.length < 3) && performance.now() < latest) {
    for (const { path: target, post, headers } of loads) {
      const url = `http://127.0.0.1:${port}${target}`
      const seconds = Number(values.seconds)
      const run = await runWrk(wrk, { url, connections: 64, seconds, headers, script: post && script, signal })
      done += run.requests
      errors += run.errors
    }
    const streams = await openEventStreams(port, 100, signal)
    streams.close()
    turns.push({ done, errors, seconds: (performance.now() - began) / 1000, ...(await sizes(gateway, idle, signal)) })
    console.log(turnLine(turns.at(-1), wanted))
  }
  if (done < wanted || turns.length < 3) {
    console.log(`NOT DONE: ${done} of ${wanted} requests in ${values.minutes} minutes`)
    return false
  }
  // The turn before fills pools and optimises code.
  const [first, last] = [turns[1], turns.at(-1)]
  const heap = last.heap - first.heap
  const resident = last.resident - first.resident
  const leaked = last.descriptors - idle
  const flat = errors === 0 && heap < slack.heapMegabytes && resident < slack.residentMegabytes && leaked <= 0
  const more = `heap ${heap.toFixed(2)} MB, resident ${resident.toFixed(1)} MB, descriptors ${leaked}`
  const verdict = `${flat ? 'flat' : 'NOT FLAT'}: from the second turn to the last, more by: ${more}`
  console.log(verdict)
  if (values.save) {
    const lines = [machineLine(machine), '', ...turns.map((turn) => turnLine(turn, wanted)), '', verdict]
    const data = { machine, wanted, idleDescriptors: idle, turns, flat }
    await saveResults('soak-gateway', { date: machine.date, data, text: `${lines.join('\n')}\n` })
  }
  return flat
}

function turnLine({ done, errors, seconds, heap, resident, descriptors }, wanted) {
  const far = `${done} of ${wanted} requests, ${errors} errors, ${seconds.toFixed(0)} s`
  return `${far}: heap ${heap.toFixed(2)} MB, resident ${resident.toFixed(1)} MB, ${descriptors} descriptors`
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
