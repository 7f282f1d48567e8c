// The generator of "hotlane verify" beside wrk, each on one core, against a server on the other: requests per second and CPU per request.
import { readFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { median } from './support/figures.mjs'
import { serveGin, serveHaproxy } from './support/generator-servers.mjs'
import { hotlaneCommand } from './support/hotlane.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { startGroup } from './support/process-group.mjs'
import { findProgram } from './support/programs.mjs'
import { saveResults } from './support/results.mjs'
import { runScript } from './support/script.mjs'
import { tableLines } from './support/table.mjs'
import { makeTemporary } from './support/temporary.mjs'
import { endedChildrenMs } from './support/usage.mjs'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '64' },
    /** Instead of HAProxy and the Gin shop: what is served there is asked for. */
    url: { type: 'string' },
    save: { type: 'boolean', default: false },
  },
})

await runScript(async (scope) => {
  const names = ['wrk', 'taskset', 'haproxy', 'go']
  const found = await Promise.all(names.map(findProgram))
  const programs = Object.fromEntries(names.map((name, index) => [name, found[index]]))
  const { wrk, taskset } = programs
  if (wrk === undefined || taskset === undefined || os.availableParallelism() < 2) {
    console.log('skipped: this needs wrk, taskset and two cores')
    return 0
  }
  const servers = []
  for (const [name, open] of serversFor(programs)) {
    const tools = { taskset, wrk, directory: await makeTemporary('generator', scope) }
    servers.push({ name, results: await measure({ ...tools, url: await open(scope), name }, scope) })
  }
  const machine = await describeMachine()
  const text = resultLines(machine, servers).join('\n')
  console.log(text)
  const { date, ...rest } = machine
  if (values.save) {
    const files = await saveResults('verify-generator', { date, data: { machine: rest, servers }, text: `${text}\n` })
    console.log(files.join('\n'))
  }
  return 0
})

/** Servers by name, and how each is started on the first core. */
function serversFor({ taskset, haproxy, go }) {
  if (values.url !== undefined) return [[values.url, async () => values.url]]
  const pinned = [taskset, '-c', '0']
  const servers = []
  if (haproxy === undefined) console.log('without HAProxy: it is not there')
  else servers.push(['HAProxy (http-request return)', (scope) => serveHaproxy({ haproxy, pinned }, scope)])
  if (go === undefined) console.log('without the Gin shop: there is no Go')
  else servers.push(['Gin shop, /health', (scope) => serveGin({ go, pinned }, scope)])
  return servers
}

async function measure({ name, ...tools }, scope) {
  const results = { wrk: [], hotlane: [] }
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const runs = [
      ['wrk', runWrk],
      ['hotlane', runHotlane],
    ]
    // In another order each time, so that what drifts hits both.
    for (const [tool, run] of pair % 2 === 0 ? runs : runs.toReversed()) results[tool].push(await run(tools, scope))
    const [wrk, hotlane] = [results.wrk.at(-1), results.hotlane.at(-1)]
    const shown = `wrk ${wrk.perSecond.toFixed(0)}, hotlane ${hotlane.perSecond.toFixed(0)} requests/s`
    console.log(`${name}, pair ${pair + 1}: ${shown}`)
  }
  return results
}

async function runWrk({ wrk, taskset, url }, scope) {
  const head = ['-H', 'x-hotlane-verify-id: hl0123456789-1234567']
  const argv = [taskset, '-c', '1', wrk, '-t1', `-c${values.connections}`, `-d${values.seconds}s`, ...head, url]
  const { output, cpuMs } = await costOf(argv, scope)
  const requests = Number(/(\d+) requests in/.exec(output)?.[1])
  if (/Socket errors|Non-2xx/.test(output)) throw new Error(`requests were lost:\n${output}`)
  return { perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]), cpuUs: (cpuMs * 1000) / requests }
}

async function runHotlane({ taskset, url, directory }, scope) {
  const file = path.join(directory, 'report.json')
  const pace = ['--rate', 'max', '--duration', `${values.seconds}s`, '--connections', values.connections]
  const limits = ['--new-connections', '0', '--max-requests', '100000000', '-o', file]
  const argv = [taskset, '-c', '1', ...hotlaneCommand(), 'verify', url, ...pace, ...limits]
  const { cpuMs } = await costOf(argv, scope)
  const { lost, phases, seconds, generator, slots } = JSON.parse(await readFile(file, 'utf8'))
  if (lost > 0) throw new Error(`${lost} requests were lost`)
  const [{ requests }] = phases
  return {
    perSecond: requests / seconds,
    settledPerSecond: settledRate(slots),
    cpuUs: (cpuMs * 1000) / requests,
    ownUs: (generator.cpuCores * seconds * 1e6) / requests,
  }
}

/** Requests per second from the first second on, in which node compiles what it runs, to the last slot, which is not whole. */
function settledRate(slots) {
  const settled = slots.slice(0, -1).filter(({ atMs }) => atMs >= 1000)
  const fromMs = settled[0].atMs
  return settled.reduce((sum, { requests }) => sum + requests, 0) / ((slots.at(-1).atMs - fromMs) / 1000)
}

/** Runs a command, one at a time; what it and its children have cost is what this process has to account for at their end. */
async function costOf(argv, { signal, defer }) {
  const before = await endedChildrenMs()
  const group = startGroup(argv, { directory: os.tmpdir() })
  defer(group.stop)
  const { code } = await group.exited
  await group.stop()
  signal.throwIfAborted()
  if (code !== 0) throw new Error(group.output())
  return { output: group.output(), cpuMs: (await endedChildrenMs()) - before }
}

function resultLines(machine, servers) {
  return [
    '# The load generator beside wrk',
    '',
    `${machineLine(machine)}. Load of the machine by others is not excluded.`,
    '',
    `${values.pairs} pairs of ${values.seconds} s each, ${values.connections} kept connections, the generator on one core, the server on the other. Median (least - most).`,
    'Both send the same request: an id is among its fields.',
    'CPU is user and system time of the command and its children from start to end; that of the generating process alone is in brackets.',
    ...servers.flatMap(({ name, results: { wrk, hotlane } }) => [
      '',
      `## ${name}`,
      '',
      ...tableLines(
        ['', 'requests per second', 'after its first second', 'CPU per request'],
        [
          ['wrk -t1', perSecond(wrk, 'perSecond'), '', microseconds(wrk, 'cpuUs')],
          [
            'hotlane verify --rate max',
            perSecond(hotlane, 'perSecond'),
            perSecond(hotlane, 'settledPerSecond'),
            `${microseconds(hotlane, 'cpuUs')} [${microseconds(hotlane, 'ownUs')}]`,
          ],
          [
            'hotlane / wrk, median of pairs',
            ratio(hotlane, wrk, 'perSecond'),
            ratio(hotlane, wrk, 'settledPerSecond', 'perSecond'),
            ratio(hotlane, wrk, 'cpuUs'),
          ],
        ],
      ),
    ]),
  ]
}

function perSecond(runs, what) {
  const rates = runs.map((run) => run[what])
  return `${median(rates).toFixed(0)} (${Math.min(...rates).toFixed(0)} - ${Math.max(...rates).toFixed(0)})`
}

function microseconds(runs, what) {
  const costs = runs.map((run) => run[what])
  return `${median(costs).toFixed(1)} µs (${Math.min(...costs).toFixed(1)} - ${Math.max(...costs).toFixed(1)})`
}

function ratio(runs, others, what, theirs = what) {
  return median(runs.map((run, index) => run[what] / others[index][theirs])).toFixed(2)
}
