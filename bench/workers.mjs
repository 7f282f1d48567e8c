// What the gateway costs in 1, 2 and 4 worker processes: memory, how evenly they share connections and requests, CPU, restart.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openWorkers } from '../dist/gateway/workers/open-workers.js'
import { listenerKey } from '../dist/model/table.js'
import { median } from './support/figures.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { freePort } from './support/ports.mjs'
import { startGroup } from './support/process-group.mjs'
import { findProgram } from './support/programs.mjs'
import { runScript, withScope } from './support/script.mjs'
import { tableLines } from './support/table.mjs'
import { makeTemporary } from './support/temporary.mjs'
import { processorMs, residentMegabytes } from './support/usage.mjs'
import { runWrk } from './support/wrk.mjs'

const { values } = parseArgs({
  options: {
    /** Seconds of load for each figure. */
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
  },
})

await runScript(async (scope) => {
  const wrk = await findProgram('wrk')
  if (wrk === undefined) {
    console.log('skipped: there is no wrk on the PATH')
    return 0
  }
  console.log(machineLine(await describeMachine()))
  const originPort = await freePort()
  const app = path.join(import.meta.dirname, 'support/gateway-origin.mjs')
  const origin = startGroup([process.execPath, app, String(originPort)], {})
  scope.defer(() => origin.stop())
  const rows = []
  for (const count of [1, 2, 4])
    for (const fresh of [false, true])
      rows.push(await withScope(scope.signal, (own) => measure({ count, fresh, originPort, wrk }, own)))
  const head = [
    'workers',
    'connections',
    'requests/s',
    'p99 ms',
    'CPU us',
    'most / fewest',
    'MB idle',
    'MB after',
    'restart ms',
  ]
  for (const line of tableLines(head, rows)) console.log(line)
  return 0
})

async function measure({ count, fresh, originPort, wrk }, scope) {
  const directory = await makeTemporary('workers', scope)
  const settings = { directory, workers: count, options: { tellRelease: false }, version: '1', told: () => undefined }
  const workers = await openWorkers(settings, scope.signal)
  scope.defer(() => workers.close(1000))
  const asked = { host: '127.0.0.1', port: 0 }
  const { port } = await workers.open(asked)
  await workers.install(tableOf(listenerKey(asked), originPort))
  const memoryIdle = await sum(workers, residentMegabytes)
  const runs = []
  for (let round = 0; round < Number(values.rounds); round++) {
    const before = await Promise.all(workers.pids().map(processorMs))
    const result = await runWrk(wrk, {
      url: `http://127.0.0.1:${port}/`,
      connections: Number(values.connections),
      seconds: Number(values.seconds),
      headers: fresh ? ['Connection: close'] : [],
      signal: scope.signal,
    })
    const used = (await Promise.all(workers.pids().map(processorMs))).map((ms, index) => ms - before[index])
    const all = used.reduce((ms, each) => ms + each, 0)
    runs.push({
      ...result,
      cpu: (all * 1000) / result.requests,
      skew: Math.max(...used) / Math.max(1, Math.min(...used)),
    })
  }
  const memoryAfter = await sum(workers, residentMegabytes)
  const began = performance.now()
  await workers.restart()
  const restartMs = performance.now() - began
  const middle = (of) => median(runs.map(of))
  return [
    String(count),
    fresh ? 'new' : 'kept',
    middle(({ perSecond }) => perSecond).toFixed(0),
    middle(({ p99Ms }) => p99Ms).toFixed(1),
    middle(({ cpu }) => cpu).toFixed(1),
    middle(({ skew }) => skew).toFixed(2),
    memoryIdle.toFixed(0),
    memoryAfter.toFixed(0),
    restartMs.toFixed(0),
  ]
}

async function sum(workers, of) {
  const all = await Promise.all(workers.pids().map(of))
  return all.reduce((total, each) => total + each, 0)
}

function tableOf(listener, port) {
  const state = { kind: 'serve', release: 1, targets: [{ id: 'app', host: '127.0.0.1', port }] }
  return {
    entries: [
      {
        service: 'app',
        listener,
        route: { path: '/' },
        lanes: [{ name: 'stable', state }],
        rules: [],
        hold: { maxRequests: 1000, maxMs: 30_000 },
        browserReload: false,
      },
    ],
  }
}
