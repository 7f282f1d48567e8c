// The generator of "hotlane verify" beside wrk, each on one core, against HAProxy on the other: requests per second and CPU of each.
import { writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { describeSpread, median } from './support/figures.mjs'
import { hotlaneCommand } from './support/hotlane.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { freePort } from './support/ports.mjs'
import { startGroup } from './support/process-group.mjs'
import { findProgram } from './support/programs.mjs'
import { saveResults } from './support/results.mjs'
import { runScript } from './support/script.mjs'
import { tableLines } from './support/table.mjs'
import { makeTemporary } from './support/temporary.mjs'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    /** Instead of HAProxy: what is served there is asked for. */
    url: { type: 'string' },
    save: { type: 'boolean', default: false },
  },
})

await runScript(async (scope) => {
  const [wrk, haproxy, taskset] = await Promise.all(['wrk', 'haproxy', 'taskset'].map(findProgram))
  const missing = Object.entries({ wrk, taskset, ...(values.url === undefined ? { haproxy } : {}) }).filter(
    ([, file]) => file === undefined,
  )
  if (missing.length > 0 || os.availableParallelism() < 2) {
    console.log(`skipped: there is no ${missing.map(([name]) => name).join(', ') || 'second core'}`)
    return 0
  }
  const url = values.url ?? (await serve(haproxy, taskset, scope))
  const results = { wrk: [], hotlane: [] }
  for (let pair = 0; pair < Number(values.pairs); pair++) {
    const runs = [
      ['wrk', () => runWrk({ wrk, taskset, url }, scope)],
      ['hotlane', () => runHotlane({ taskset, url }, scope)],
    ]
    // In another order each time, so that what drifts hits both.
    for (const [name, run] of pair % 2 === 0 ? runs : runs.toReversed()) results[name].push(await run())
    console.log(
      `pair ${pair + 1}: wrk ${results.wrk.at(-1).toFixed(0)}, hotlane ${results.hotlane.at(-1).toFixed(0)} requests/s`,
    )
  }
  const machine = await describeMachine()
  const text = resultLines(machine, results).join('\n')
  console.log(text)
  const { date, ...rest } = machine
  if (values.save)
    console.log(
      (await saveResults('verify-generator', { date, data: { machine: rest, results }, text: `${text}\n` })).join('\n'),
    )
  return 0
})

/** HAProxy on the first core, which answers by itself: the fastest that is at hand, so that it is the last to be the limit. */
async function serve(haproxy, taskset, scope) {
  const port = await freePort()
  const file = path.join(await makeTemporary('generator', scope), 'haproxy.cfg')
  await writeFile(file, configuration(port))
  const group = startGroup([taskset, '-c', '0', haproxy, '-db', '-f', file], {
    directory: os.tmpdir(),
    stopSignal: 'SIGTERM',
  })
  scope.defer(group.stop)
  const url = `http://127.0.0.1:${port}/`
  for (;;) {
    const answer = await fetch(url, { signal: scope.signal }).catch(() => scope.signal.throwIfAborted())
    if (answer?.ok) return url
  }
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

async function runWrk({ wrk, taskset, url }, scope) {
  const argv = [taskset, '-c', '1', wrk, '-t1', `-c${values.connections}`, `-d${values.seconds}s`, url]
  const output = await outputOf(argv, scope)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1])
}

async function runHotlane({ taskset, url }, scope) {
  const words = [
    'verify',
    url,
    '--rate',
    'max',
    '--duration',
    `${values.seconds}s`,
    '--connections',
    values.connections,
  ]
  const limits = ['--new-connections', '0', '--max-requests', '100000000']
  const output = await outputOf([taskset, '-c', '1', ...hotlaneCommand(), ...words, ...limits], scope)
  const [, requests, seconds] = /(\d+) requests in ([\d.]+) s/.exec(output) ?? []
  if (!/without the expected answer\s+0\n/.test(output)) throw new Error(`requests were lost:\n${output}`)
  return Number(requests) / Number(seconds)
}

async function outputOf(argv, { signal, defer }) {
  const group = startGroup(argv, { directory: os.tmpdir() })
  defer(group.stop)
  const { code } = await group.exited
  signal.throwIfAborted()
  if (code !== 0) throw new Error(group.output())
  return group.output()
}

function resultLines(machine, { wrk, hotlane }) {
  const ratios = hotlane.map((rate, index) => rate / wrk[index])
  const perSecond = (rates) => describeSpread(rates).replaceAll(' ms', '')
  return [
    '# The load generator beside wrk',
    '',
    `${machineLine(machine)}. Load of the machine by others is not excluded.`,
    '',
    `${values.pairs} pairs of ${values.seconds} s, ${values.connections} kept connections, generator on one core, ${values.url === undefined ? 'HAProxy (http-request return) on the other' : values.url}.`,
    '',
    ...tableLines(
      ['', 'requests per second: median (least - most)'],
      [
        ['wrk -t1', perSecond(wrk)],
        ['hotlane verify --rate max', perSecond(hotlane)],
        ['hotlane / wrk, median of pairs', median(ratios).toFixed(2)],
      ],
    ),
  ]
}
