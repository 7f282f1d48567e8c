// The gateway for long: millions of messages compared with llhttp, then millions of requests with memory and descriptors watched.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { freePort, accepts } from './ports.mjs'
import { startGroup } from './process-group.mjs'
import { findProgram } from './programs.mjs'
import { runScript } from './script.mjs'
import { residentMegabytes } from './usage.mjs'
import { runWrk } from './wrk.mjs'

const { values } = parseArgs({
  options: {
    /** Streams of messages per kind; 0 leaves this part out. */
    cases: { type: 'string', default: '2000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    /** Requests through the gateway; 0 leaves this part out. */
    requests: { type: 'string', default: '10000000' },
  },
})

/** Growth of memory that is not taken for a leak: what the heap keeps between two collections. */
const slackMegabytes = 24
const secondsPerRound = 20
const root = path.resolve(import.meta.dirname, '../..')

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

async function load(scope) {
  const wrk = await findProgram('wrk')
  if (wrk === undefined) {
    console.log('without load: there is no wrk on the PATH')
    return true
  }
  const [port, origin] = [await freePort(), await freePort()]
  start(['gateway-origin.mjs', origin], scope)
  const gateway = start(['gateway-hotlane.mjs', port, origin], scope)
  while (!(await accepts(port)) || !(await accepts(origin))) scope.signal.throwIfAborted()
  let done = 0
  let errors = 0
  let first
  let last
  for (let round = 0; done < Number(values.requests); round++) {
    const url = `http://127.0.0.1:${port}${round % 4 === 3 ? '/large' : '/'}`
    const headers = round % 8 === 5 ? ['Connection: close'] : []
    const run = await runWrk(wrk, { url, connections: 64, seconds: secondsPerRound, headers, signal: scope.signal })
    done += run.requests
    errors += run.errors
    last = await sizes(gateway.pid)
    // The first rounds fill pools and optimise code.
    if (round === 3) first = last
    console.log(`${done} requests, ${errors} errors, ${last.megabytes.toFixed(1)} MB, ${last.descriptors} descriptors`)
  }
  if (first === undefined || first === last) {
    console.log('NOT TOLD: so few requests say nothing about growth')
    return false
  }
  const grown = last.megabytes - first.megabytes
  const leaked = last.descriptors - first.descriptors
  const flat = errors === 0 && grown < slackMegabytes && leaked <= 64
  console.log(`${flat ? 'flat' : 'NOT FLAT'}: ${grown.toFixed(1)} MB and ${leaked} descriptors more than at the start`)
  return flat
}

async function sizes(pid) {
  const descriptors = await readdir(`/proc/${pid}/fd`).then(
    (names) => names.length,
    () => 0,
  )
  return { megabytes: await residentMegabytes(pid), descriptors }
}

function start([script, ...args], scope) {
  const argv = [process.execPath, path.join(import.meta.dirname, script), ...args.map(String)]
  const group = startGroup(argv, { directory: import.meta.dirname, graceMs: 3000 })
  scope.defer(() => group.stop())
  return group
}
