// What other tools lose at a deployment, by "hotlane verify": air, PM2 reload, nginx reload, HAProxy reload, kamal-proxy.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { describeCounts } from './support/figures.mjs'
import { hotlaneCommand } from './support/hotlane.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { openHaproxy, openKamalProxy, openNginx, openPm2 } from './support/peers/proxies.mjs'
import { openAir, openHotlane } from './support/peers/savers.mjs'
import { freePort } from './support/ports.mjs'
import { startGroup } from './support/process-group.mjs'
import { findProgram } from './support/programs.mjs'
import { saveResults } from './support/results.mjs'
import { runScript, withScope } from './support/script.mjs'
import { tableLines } from './support/table.mjs'
import { makeTemporary } from './support/temporary.mjs'

const { values } = parseArgs({
  options: {
    deploys: { type: 'string', default: '10' },
    rate: { type: 'string', default: '300' },
    only: { type: 'string', multiple: true },
    save: { type: 'boolean', default: false },
  },
})

const peers = [
  { name: 'hotlane dev', program: 'node', how: 'a save', open: openHotlane },
  { name: 'air', program: 'air', how: 'a save', open: openAir },
  { name: 'pm2 reload', program: 'pm2', how: 'cluster of 2, pm2 reload', open: openPm2 },
  { name: 'nginx reload', program: 'nginx', how: 'upstream changed, SIGHUP', open: openNginx },
  { name: 'haproxy reload', program: 'haproxy', how: 'server changed, SIGUSR2', open: openHaproxy },
  { name: 'kamal-proxy', program: 'kamal-proxy', how: 'kamal-proxy deploy', open: openKamalProxy },
]

const load = `verify:
  rate: ${values.rate}
  newConnections: 20%
  mix:
    - { path: /, weight: 60 }
    - { path: /, name: POST, method: POST, body: '{}', weight: 35 }
    - { path: /upload, upload: { pieces: 10, bytes: 1024, every: 50ms }, contains: '10240 bytes', weight: 5 }
`

await runScript(async (scope) => {
  const rows = []
  const absent = []
  for (const peer of peers.filter(({ name }) => values.only === undefined || values.only.includes(name))) {
    const program = await findProgram(peer.program)
    if (program === undefined) absent.push(peer.name)
    else rows.push({ ...peer, ...(await withScope(scope.signal, (own) => measure(peer, program, own))) })
  }
  const machine = await describeMachine()
  const text = resultLines(machine, rows, absent).join('\n')
  console.log(text)
  const data = {
    machine,
    absent,
    rows: rows.map(({ name, how, report }) => ({ name, how, figures: figuresOf(report) })),
  }
  if (values.save)
    console.log((await saveResults('peers-loss', { date: machine.date, data, text: `${text}\n` })).join('\n'))
  return 0
})

/** Load over all deployments of one tool; its script is this program, which tells verify by a file that it is done. */
async function measure({ name, open }, program, scope) {
  const directory = await makeTemporary('peers', scope)
  const port = await freePort()
  const ledger = path.join(directory, 'ledger')
  const done = path.join(directory, 'done')
  const file = path.join(directory, 'report.json')
  console.log(`${name}: ${values.deploys} deployments under ${values.rate} requests/s`)
  const { url, deploy } = await open({ program, directory, port, ledger }, scope)
  const waiting = `while [ ! -f ${done} ]; do sleep 0.05; done`
  await writeFile(path.join(directory, 'hotlane.yaml'), load)
  const argv = [
    ...hotlaneCommand(),
    'verify',
    url,
    '--release-header',
    'x-version',
    '--ledger',
    `file:${ledger}`,
    '--during',
    waiting,
  ]
  let begun
  const begins = new Promise((resolve) => {
    begun = resolve
  })
  const onLine = (line) => line.endsWith(': begins') && begun()
  const verify = startGroup([...argv, '--before', '5s', '--after', '2s', '-o', file], { directory, onLine })
  scope.defer(verify.stop)
  await Promise.race([begins, verify.exited])
  for (let count = 0; count < Number(values.deploys); count++) {
    await deploy()
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  await writeFile(done, '')
  const { code } = await verify.exited
  if (code > 1) throw new Error(verify.output())
  return { report: JSON.parse(await readFile(file, 'utf8')) }
}

function figuresOf({ phases, lost, ledger, backwards, releases }) {
  const [all] = phases
  const of = (name) => phases.find(({ phase }) => phase === name)?.latency.p99 ?? null
  return {
    requests: all.requests,
    lost,
    failed: all.failed,
    neverExecuted: ledger.neverExecuted,
    executedUnanswered: ledger.executedUnanswered,
    twice: ledger.twice,
    backwards: backwards ?? null,
    releases: releases.length,
    p99Before: of('before'),
    p99During: of('during'),
  }
}

function resultLines(machine, rows, absent) {
  const cells = rows.map(({ name, how, report }) => {
    const { requests, lost, failed, twice, backwards } = figuresOf(report)
    return [name, how, String(requests), String(lost), describeCounts(failed), String(twice), String(backwards ?? '-')]
  })
  return [
    `# What is lost at ${values.deploys} deployments`,
    '',
    `${machineLine(machine)}. Load of the machine by others is not excluded.`,
    '',
    `    npm run bench peers-loss -- --deploys ${values.deploys} --rate ${values.rate}`,
    '',
    ...tableLines(['tool', 'a deployment is', 'requests', 'lost', 'how', 'twice', 'old after new'], cells),
    ...(absent.length === 0 ? [] : ['', `Not installed, not measured: ${absent.join(', ')}.`]),
    '',
    'Lost: without the expected answer, as a client saw it that sends nothing again. `stale`: the server closed a kept connection',
    'before any byte of the answer; many clients repeat an idempotent request then. Old after new: answers of an older version',
    'to requests that began after a newer one had answered.',
  ]
}
