// Many switches of the example shop under 300 requests/s with streams and uploads: nothing may be lost, executed twice or left over.
import { readFile, readdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { median } from './support/figures.mjs'
import { startHotlane } from './support/hotlane.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { saveResults } from './support/results.mjs'
import { runScript } from './support/script.mjs'
import { openShop, verifyShop } from './support/soak-shop.mjs'
import { tableLines } from './support/table.mjs'
import { residentMegabytes } from './support/usage.mjs'

const { values } = parseArgs({
  options: {
    switches: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '300' },
    /** From one switch to the next, at least: long enough for steady state in between, with which switches are compared. */
    every: { type: 'string', default: '3s' },
    before: { type: 'string', default: '30s' },
    after: { type: 'string', default: '15s' },
    /** `gin` or `node`: which of the example shops. */
    shop: { type: 'string', default: 'gin' },
    /** Write the result to bench/results/. */
    save: { type: 'boolean', default: false },
  },
})

/** One request in a hundred takes two seconds, so that every switch finds some in flight. */
const load = `verify:
  rate: ${values.rate}
  ledger: /__ledger
  newConnections: 20%
  mix:
    - { path: /version, weight: 60 }
    - { path: /health, weight: 20 }
    - { path: /version, name: POST unknown, method: POST, body: '{}', expect: 404, weight: 15 }
    - { path: /upload, upload: { pieces: 10, bytes: 1024, every: 50ms }, contains: '"bytes":10240', weight: 3 }
    - { path: '/slow?ms=2000', slow: true, weight: 2 }
    - { path: /stream, kind: sse, open: 8 }
`

await runScript(async (scope) => {
  const shop = await openShop({ shop: values.shop, load }, scope)
  const hotlane = startHotlane({ directory: shop.directory }, scope)
  for (const service of ['orders', 'auth']) {
    const serves = (event) => event.type === 'service.switched' && event.service === service
    await hotlane.sawEvent(serves, { what: `that ${service} serves`, timeoutMs: 300_000 })
  }
  // The descriptors that the gateway needs for what it has served are its own, and so is the helper that is started with the first
  // replacement; so count from the first load on.
  await verifyShop(shop, ['--deploys', '1', '--before', '2s', '--after', '3s'], {}, scope)
  const before = await holdings(hotlane.pid)
  const words = [
    '--deploys',
    values.switches,
    '--every',
    values.every,
    '--before',
    values.before,
    '--after',
    values.after,
  ]
  let deployments = 0
  const onDeployment = () => ++deployments % 25 === 0 && console.log(`${deployments} switches`)
  const bounds = ['--p99-switch', '1.5x', '--p99-during', '1.5x']
  const report = await verifyShop(shop, [...words, ...bounds], { onDeployment }, scope)
  await settled(hotlane.pid, before)
  const after = await holdings(hotlane.pid)
  const machine = await describeMachine()
  const left = leftOver(before, after)
  const text = resultLines({ machine, report, before, after, left }).join('\n')
  console.log(text)
  const name = `soak-verify-${values.shop}-${values.switches}`
  if (values.save) console.log((await saveResults(name, resultFiles(machine, report, text))).join('\n'))
  return report.verdicts.every(({ held }) => held) && left.length === 0 ? 0 : 1
})

/**
 * What hotlane holds: descriptors and memory of its process and of its helper, and all processes that it and they have started;
 * Linux tells them, elsewhere only memory is known.
 */
async function holdings(pid) {
  const started = await descendantsOf(pid)
  const helper = (await Promise.all(started.map(async (each) => ((await isHelper(each)) ? [each] : [])))).flat()
  const own = [pid, ...helper]
  const descriptors = await Promise.all(own.map((each) => readdir(`/proc/${each}/fd`))).catch(() => undefined)
  const megabytes = await Promise.all(own.map(residentMegabytes))
  return {
    descriptors: descriptors?.reduce((sum, names) => sum + names.length, 0),
    processes: descriptors === undefined ? undefined : started.length,
    megabytes: megabytes.reduce((sum, each) => sum + each, 0),
  }
}

async function isHelper(pid) {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('start-helper')
}

/** Of all threads: each knows only the children that it has started itself. */
async function descendantsOf(pid) {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
  const children = (await Promise.all(lists)).flatMap((text) => text.split(' ').filter((child) => child !== ''))
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()]
}

/** Old instances and idle connections of the load may take until their own deadlines to be gone. */
async function settled(pid, before) {
  const patience = AbortSignal.timeout(60_000)
  while (!patience.aborted && leftOver(before, await holdings(pid)).length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

function leftOver(before, after) {
  return ['descriptors', 'processes'].filter((what) => (after[what] ?? 0) > (before[what] ?? 0))
}

function resultLines({ machine, report, before, after, left }) {
  const { phases, verdicts, streams, ledger, switches, lost, seconds, generator, gateway } = report
  const figure = (ms) => (ms === null ? '-' : `${ms.toFixed(2)} ms`)
  const rows = phases.map(({ phase, requests, success, latency }) => {
    const times = [latency.p50, latency.p95, latency.p99, latency.max].map(figure)
    return [phase, String(requests), `${((success ?? 0) * 100).toFixed(3)} %`, ...times]
  })
  const deployMs = report.deployments.map(({ fromMs, toMs }) => toMs - fromMs)
  return [
    `# Soak of the ${values.shop} shop: ${switches.length} switches`,
    '',
    `${machineLine(machine)}. Load of the machine by others is not excluded.`,
    '',
    `    npm run soak -- --shop ${values.shop} --switches ${values.switches} --rate ${values.rate} --every ${values.every}`,
    '',
    `* ${phases[0].requests} requests in ${seconds.toFixed(0)} s at ${values.rate}/s; ${streams[0].opened} streams opened, ${streams[0].cut} cut`,
    `* ${lost} without the expected answer; ${ledger.neverExecuted} never executed, ${ledger.twice} executed twice, ${ledger.unrecorded} answered but not in the ledger`,
    `* old after new: ${report.backwards ?? 'not told'}; the gateway held ${gateway?.held ?? '?'} and counted ${gateway?.lost ?? '?'} lost`,
    `* from the wish for a rebuild to its switch: ${Math.round(median(deployMs))} ms median, ${Math.round(Math.max(...deployMs))} ms at most`,
    `* of hotlane and its helper: descriptors ${before.descriptors} -> ${after.descriptors}, processes started ${before.processes} -> ${after.processes}, memory ${before.megabytes.toFixed(0)} -> ${after.megabytes.toFixed(0)} MB; left over: ${left.join(', ') || 'nothing'}`,
    ...report.remarks.map((remark) => `* ${remark}`),
    `* own delay of the generator, part of no latency: P50 ${figure(generator.delay.p50)}, P99 ${figure(generator.delay.p99)}, ${generator.stalls.length} stalls`,
    '',
    ...tableLines(['phase', 'requests', 'success', 'P50', 'P95', 'P99', 'max'], rows),
    '',
    ...verdicts.map(
      ({ name, held, bound, actual }) => `* ${held ? 'held' : 'FAILED'}: ${name}, ${bound}; measured: ${actual}`,
    ),
    '',
  ]
}

/** What grows with the length of the run is left out, or counted. */
function resultFiles({ date, ...machine }, report, text) {
  const { losses, slots: _slots, switches, deployments, releases, generator, phases, steps, ...figures } = report
  const counts = { switches: switches.length, deployments: deployments.length, releases: releases.length }
  const own = { ...generator, stalls: generator.stalls.length }
  const rows = { phases: phases.map(withoutHistogram), steps: steps.map(withoutHistogram), generator: own }
  return { date, data: { machine, counts, ...figures, ...rows, losses }, text: `${text}\n` }
}

function withoutHistogram({ histogram: _histogram, ...rest }) {
  return rest
}
