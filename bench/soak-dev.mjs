// Everything that happens to "hotlane dev" in a day's work, under the example shop's load: saves, saves that cannot be built,
// programs that crash when they start, a restart of all by SIGHUP. Nothing may be lost or executed twice.
// Then crashes of the instance that serves, apart: no request may be refused.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { describeCounts } from './support/figures.mjs'
import { startHotlane } from './support/hotlane.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { saveResults } from './support/results.mjs'
import { runScript } from './support/script.mjs'
import { openShop, verifyShop } from './support/soak-shop.mjs'
import { tableLines } from './support/table.mjs'

const { values } = parseArgs({
  options: {
    saves: { type: 'string', default: '100' },
    rate: { type: 'string', default: '200' },
    crashes: { type: 'string', default: '10' },
    save: { type: 'boolean', default: false },
  },
})

/** One in so many saves is followed by one that cannot be built, and so on. */
const brokenEvery = 10
const crashingEvery = 20
const restartEvery = 33

const load = `verify:
  rate: ${values.rate}
  ledger: /__ledger
  newConnections: 20%
  mix:
    - { path: /version, weight: 60 }
    - { path: /version, name: POST unknown, method: POST, body: '{}', expect: 404, weight: 30 }
    - { path: /upload, upload: { pieces: 10, bytes: 1024, every: 50ms }, contains: '"bytes":10240', weight: 3 }
    - { path: '/slow?ms=2000', slow: true, weight: 2 }
    - { path: /stream, kind: sse, open: 8 }
`

await runScript(async (scope) => {
  const shop = await openShop({ shop: 'gin', load }, scope)
  const hotlane = startHotlane({ directory: shop.directory }, scope)
  for (const service of ['orders', 'auth'])
    await hotlane.sawEvent(servedBy(service), { what: `that ${service} serves`, timeoutMs: 300_000 })
  const counts = { saves: 0, broken: 0, crashing: 0, restarts: 0 }
  const day = await under(shop, () => work(shop, hotlane, counts), scope)
  const crashes = await under(shop, () => crash(shop, hotlane, Number(values.crashes)), scope)
  const machine = await describeMachine()
  const text = resultLines({ machine, counts, day, crashes }).join('\n')
  console.log(text)
  const { date, ...rest } = machine
  const data = { machine: rest, counts, day: figuresOf(day), crashes: figuresOf(crashes) }
  if (values.save) console.log((await saveResults('soak-dev', { date, data, text: `${text}\n` })).join('\n'))
  return isLossless(day) && inFlightOnly(crashes) ? 0 : 1
})

/** Load for as long as the work takes. */
async function under(shop, work, scope) {
  const done = path.join(path.dirname(shop.directory), `done-${Date.now()}`)
  let begun
  const begins = new Promise((resolve) => (begun = resolve))
  const words = ['--before', '3s', '--after', '3s', '--during', `while [ ! -f ${done} ]; do sleep 0.05; done`]
  const verified = verifyShop(shop, words, { onBegin: begun }, scope)
  await Promise.race([begins, verified])
  await work()
  await writeFile(done, '')
  return verified
}

async function work({ directory }, hotlane, counts) {
  const file = sourceIn(directory)
  const source = await readFile(file, 'utf8')
  const version = (name) => source.replace('version = "v1"', `version = "${name}"`)
  for (let index = 1; index <= Number(values.saves); index++) {
    await save(file, version(`save-${index}`), servedBy('orders'), hotlane)
    counts.saves++
    if (index % brokenEvery === 0) {
      await save(file, `${source}\nfunc broken( {`, failedTo('build.failed'), hotlane)
      counts.broken++
    }
    if (index % crashingEvery === 0) {
      await save(
        file,
        source.replace('authURL :=', 'panic("crashes when it starts")\n\tauthURL :='),
        failedTo('instance.failed'),
        hotlane,
      )
      counts.crashing++
    }
    if (index % restartEvery === 0) {
      const from = hotlane.events.length
      process.kill(hotlane.pid, 'SIGHUP')
      await hotlane.sawEvent((event) => event.type === 'service.switched' || event.type.endsWith('.failed'), { from })
      counts.restarts++
    }
    if (index % 10 === 0) console.log(`${index} saves`)
  }
  // The last of them may have left a program that cannot be built, or crashes.
  await save(file, source, servedBy('orders'), hotlane)
  counts.saves++
}

async function crash({ directory }, hotlane, times) {
  const file = sourceIn(directory)
  const source = (await readFile(file, 'utf8')).replace(/version = ".*"/, 'version = "v1"')
  for (let count = 0; count < times; count++) {
    const ready = hotlane.events.findLast(({ type, service }) => type === 'instance.ready' && service === 'orders')
    const from = hotlane.events.length
    process.kill(ready.pid, 'SIGKILL')
    await hotlane.sawEvent(({ type, service }) => type === 'instance.ready' && service === 'orders', { from })
    // A release that crashes again and again is refused with the reason; a save makes a new start.
    await save(file, source.replace('version = "v1"', `version = "crash-${count}"`), servedBy('orders'), hotlane)
  }
}

function sourceIn(directory) {
  return path.join(directory, 'cmd', 'orders', 'main.go')
}

async function save(file, text, until, hotlane) {
  const from = hotlane.events.length
  await writeFile(file, text)
  await hotlane.sawEvent(until, { from, what: `the end of the save of ${path.basename(file)}` })
}

function servedBy(service) {
  return (event) => event.type === 'service.switched' && event.service === service
}

function failedTo(type) {
  return (event) => event.type === type && event.service === 'orders'
}

function figuresOf({ phases, lost, ledger, streams, backwards, releases, switches }) {
  const [{ requests, failed }] = phases
  const { neverExecuted, executedUnanswered, twice } = ledger
  const { opened, cut } = streams[0]
  const told = { releases: releases.length, switches: switches.length, backwards: backwards ?? null }
  return { requests, lost, failed, neverExecuted, executedUnanswered, twice, opened, cut, ...told }
}

function isLossless(report) {
  const { lost, neverExecuted, twice, cut, backwards } = figuresOf(report)
  return lost + neverExecuted + twice + cut + (backwards ?? 0) === 0
}

/** A request that was never sent to the app cannot have been in flight on it. */
function inFlightOnly(report) {
  return (figuresOf(report).failed.refused ?? 0) === 0
}

function resultLines({ machine, counts, day, crashes }) {
  const rows = Object.entries({ [`the day's work`]: day, [`${values.crashes} crashes`]: crashes }).map(
    ([name, report]) => {
      const { requests, lost, failed, twice, cut, backwards } = figuresOf(report)
      return [name, requests, lost, describeCounts(failed), twice, cut, backwards ?? '-'].map(String)
    },
  )
  const { saves, broken, crashing, restarts } = counts
  return [
    '# A day of hotlane dev',
    '',
    `${machineLine(machine)}. Load of the machine by others is not excluded.`,
    '',
    `    npm run soak dev -- --saves ${values.saves} --rate ${values.rate} --crashes ${values.crashes}`,
    '',
    `The day's work: ${saves} saves, ${broken} that cannot be built, ${crashing} programs that crash when they start, ${restarts} restarts of all by SIGHUP.`,
    'Crashes are of the instance that serves (SIGKILL). What is in flight on it is lost, but for a GET on a kept connection, which is sent',
    'again to the next instance (RFC 9110 section 9.2.2) and so may be executed twice.',
    '',
    ...tableLines(['under load', 'requests', 'lost', 'how', 'twice', 'streams cut', 'old after new'], rows),
  ]
}
