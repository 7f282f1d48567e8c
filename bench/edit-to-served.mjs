// From save to served, side by side: hotlane, its peers, and what a developer does by hand, in interleaved rounds.
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { writeSmallGinApp } from './support/apps.mjs'
import { isLossy, reportLines } from './support/edit-to-served-report.mjs'
import { describeMachine } from './support/machine.mjs'
import { awaitServed, measureSave, NotServed } from './support/measure-save.mjs'
import { writePackagesApp } from './support/packages-app.mjs'
import { freePort } from './support/ports.mjs'
import { findGo } from './support/programs.mjs'
import { saveResults } from './support/results.mjs'
import { runScript, withScope } from './support/script.mjs'
import { makeTemporary } from './support/temporary.mjs'
import { tools } from './support/tools.mjs'

const usage = `Usage: npm run bench edit-to-served -- [options]
  --rounds N          saves per tool and kind of edit, after one that is not counted (default 7)
  --only A,B          tools: ${tools.map((tool) => tool.name).join(', ')}
  --app small|packages|all
  --packages N        size of the generated module (default 400)
  --pause MS          rest before each save, of every tool (default 1000)
  --json              print the data instead of tables
  --save              write bench/results/edit-to-served-DATE.{json,md} too`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string' },
    app: { type: 'string', default: 'all' },
    packages: { type: 'string', default: '400' },
    pause: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const apps = {
  small: (directory) => writeSmallGinApp(directory),
  packages: (directory) => writePackagesApp(directory, Number(values.packages)),
}

if (values.help) console.log(usage)
else await runScript(compare)

async function compare(scope) {
  const say = values.json ? () => undefined : console.log
  const go = await findGo()
  if (go.missing !== undefined) {
    console.log(`skipped: ${go.missing}`)
    return 0
  }
  const machine = await describeMachine()
  const load = [loadOfLastMinute()]
  const { found, absent } = await findTools()
  const names = values.app === 'all' ? Object.keys(apps) : [values.app]
  const cases = []
  for (const name of names) cases.push(...(await compareOn(name, { found, say, scope })))

  load.push(loadOfLastMinute())

  const data = { machine, load, rounds: Number(values.rounds), pauseMs: Number(values.pause), absent, cases }
  const text = `${reportLines(data).join('\n')}\n`
  console.log(values.json ? JSON.stringify(data, undefined, 2) : `\n${text}`)
  if (values.save)
    say(`written: ${(await saveResults('edit-to-served', { date: machine.date, data, text })).join(', ')}`)
  return cases.some((row) => row.tool === 'hotlane' && row.saves.some(isLossy)) ? 1 : 0
}

/** How many threads wanted a processor, as the system tells it; the tools themselves are in the one after the run. */
function loadOfLastMinute() {
  return Number(os.loadavg()[0].toFixed(1))
}

/** All tools serve their own copy of an app at the same time, and take turns at being measured. */
function compareOn(name, { found, say, scope }) {
  return withScope(scope.signal, async (own) => {
    const base = await makeTemporary(`bench-${name}`, own)
    const lanes = []
    for (const tool of found) {
      say(`${name}: starting ${tool.about}`)
      const app = await apps[name](path.join(base, tool.name))
      const port = await freePort()
      const started = await tool.start({ app, port, program: tool.program }, own)
      await awaitServed({ ...started, port, version: 1 }, own)
      lanes.push({ ...started, tool, app, port })
    }
    return measure(name, { lanes, say, scope: own })
  })
}

async function measure(name, { lanes, say, scope }) {
  const rows = lanes.flatMap(({ tool, app, port, afterSave, output, exited }) =>
    Object.entries(app.edits).map(([edit, save]) => ({
      tool,
      app,
      port,
      afterSave,
      output,
      exited,
      edit,
      save,
      saves: [],
      unserved: [],
    })),
  )
  // Round 0 fills caches of this copy of the app and is not counted.
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const row of inTurn(rows, round)) {
      await sleep(Number(values.pause), undefined, { signal: scope.signal })
      const result = await measureSave(row, scope).catch((error) => mend(row, { error, say, scope }))
      if (round > 0 && result !== undefined) row.saves.push(result)
      const told = result === undefined ? 'never served' : `${Math.round(result.servedMs)} ms`
      say(`${name}: round ${round}, ${row.tool.name}, edit of ${row.edit}: ${told}`)
    }
  }
  return rows.map(({ tool, app, edit, saves, unserved }) => ({
    app: name,
    packages: app.packages ?? 1,
    edit,
    tool: tool.name,
    about: tool.about,
    version: tool.version,
    saves,
    unserved: unserved.length,
  }))
}

/**
 * Saves again until a tool serves that did not, so that the others can go on being measured; it is counted. hotlane's own
 * failure ends the run.
 */
async function mend(row, { error, say, scope }) {
  if (!(error instanceof NotServed) || row.tool.name === 'hotlane') throw error
  say(error.message)
  row.unserved.push(error.message)
  const version = await row.save()
  await row.afterSave()
  await awaitServed({ ...row, version }, scope)
}

/** Another order in each round: a tool that still works after it has served slows down the one that follows it. */
function inTurn(rows, round) {
  const first = round % rows.length
  const order = [...rows.slice(first), ...rows.slice(0, first)]
  return round % 2 === 0 ? order : order.toReversed()
}

async function findTools() {
  const wanted = values.only?.split(',') ?? tools.map((tool) => tool.name)
  const unknown = wanted.filter((name) => !tools.some((tool) => tool.name === name))
  if (unknown.length > 0) throw new Error(`no such tool: ${unknown.join(', ')}\n${usage}`)
  const found = []
  const absent = []
  for (const tool of tools.filter(({ name }) => wanted.includes(name))) {
    const place = await tool.find()
    if (place === undefined) absent.push({ name: tool.name, why: 'neither on the PATH nor in $HOTLANE_PEERS' })
    else found.push({ ...tool, ...place })
  }
  return { found, absent }
}
