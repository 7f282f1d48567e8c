// Everything that can happen to "hotlane up" under load, again and again: nothing may be lost or executed twice.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { median } from './support/figures.mjs'
import { hotlaneCommand } from './support/hotlane.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { findProgram } from './support/programs.mjs'
import { saveResults } from './support/results.mjs'
import { runScript } from './support/script.mjs'
import { Control, installAs, openShop } from './support/soak-production-shop.mjs'
import { verifyShop } from './support/soak-shop.mjs'
import { tableLines } from './support/table.mjs'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    rate: { type: 'string', default: '200' },
    only: { type: 'string', multiple: true },
    /** Between two rounds, in milliseconds: steady state to compare with. */
    pause: { type: 'string', default: '0' },
    save: { type: 'boolean', default: false },
  },
})

/** Who is killed takes with it what was in flight on it; all else loses nothing. */
const inFlightLost = new Set(['gateway worker killed', 'crash in the bake'])

await runScript(async (scope) => {
  const go = await findProgram('go')
  if (go === undefined) {
    console.log('skipped: there is no go')
    return 0
  }
  const shop = await openShop({ go, rate: values.rate }, scope)
  const commands = [hotlaneCommand(), await installAs('99.0.0', shop.base)]
  const control = new Control(shop.directory, scope)
  await control.start(commands[0])
  scope.defer(() => control.ask('POST', '/v1/down', {}).catch(() => undefined))
  await control.saw((event) => event.type === 'rollout.finished')
  const rounds = roundsOf(shop, control, commands)
  const rows = []
  const failures = []
  for (const [name, round] of Object.entries(rounds)) {
    if (values.only !== undefined && !values.only.includes(name)) continue
    const times = []
    const report = await under(shop, scope, async () => {
      for (let count = 0; count < Number(values.rounds); count++) {
        const began = performance.now()
        times.push((await round(count)) ?? performance.now() - began)
        await new Promise((resolve) => setTimeout(resolve, Number(values.pause)))
      }
    })
    const { requests, failed, lost, twice, cut, backwards, p99 } = figuresOf(report)
    const kinds = Object.entries(failed).map(([kind, count]) => `${count} ${kind}`)
    const bad = inFlightLost.has(name) ? (failed.refused ?? 0) : lost + twice + cut
    if (bad > 0) failures.push(name)
    const row = [name, values.rounds, requests, lost, kinds.join(', ') || 'none', twice, cut, backwards]
    rows.push([...row, p99, `${median(times).toFixed(0)} ms`, `${Math.max(...times).toFixed(0)} ms`].map(String))
    console.log(rows.at(-1).join(' | '))
  }
  const machine = await describeMachine()
  const headings = [
    'what happens',
    'rounds',
    'requests',
    'lost',
    'how',
    'twice',
    'streams cut',
    'old after new',
    'P99',
    'a round',
    'at most',
  ]
  const text = [
    '# Everything that happens to hotlane up',
    '',
    `${machineLine(machine)}. Load of the machine by others is not excluded.`,
    '',
    `    npm run soak production -- --rounds ${values.rounds} --rate ${values.rate} --pause ${values.pause}`,
    '',
    ...tableLines(headings, rows),
    '',
    'Lost: without the expected answer, as a client saw it that sends nothing again. A gateway worker that is killed, and a program that crashes',
    'while it serves, take with them what was in flight on them, but for a GET on a kept connection, which is sent again and may so be executed twice. Old after new is what a canary, a rollback or an abort is: two releases that answer side by side, or the older one again.',
    'A round of "warm rollback" is the time from the request to its answer, which comes when the whole traffic is on the old release.',
    '',
  ].join('\n')
  console.log(text)
  const { date, ...rest } = machine
  if (values.save)
    console.log(
      (
        await saveResults(values.only === undefined ? 'soak-production' : 'soak-production-some', {
          date,
          data: { machine: rest, headings, rows },
          text,
        })
      ).join('\n'),
    )
  if (failures.length > 0) console.log(`FAILED: ${failures.join(', ')}`)
  return failures.length === 0 ? 0 : 1
})

function roundsOf({ programs }, control, commands) {
  let turn = 0
  const good = () => (turn++ % 2 === 0 ? programs.b : programs.a)
  const deploy = async (artifact, strategy = 'replace') => {
    const { rollout } = await control.rollOut('deploy', { artifact, strategy })
    return rollout
  }
  const expectPhase = (rollout, phase) => {
    if (rollout.phase !== phase) throw new Error(`expected ${phase}: ${JSON.stringify(rollout)}`)
  }
  const needsPerson = (from) =>
    control.saw((event) => event.type === 'rollout.waiting' && event.waitsFor.includes('person'), from)
  const restart = async (signal, command) => {
    await control.end(signal)
    await control.start(command)
    await control.saw((event) => event.type === 'instance.adopted')
  }
  return {
    deploy: async () => expectPhase(await deploy(good()), 'complete'),
    'never ready': async () => expectPhase(await deploy(programs.neverReady), 'aborted'),
    'crash in the bake': async () => expectPhase(await deploy(programs.crashes), 'aborted'),
    'bad verdict': async () => expectPhase(await deploy(programs.errs, 'canary'), 'aborted'),
    'warm rollback': async () => {
      expectPhase(await deploy(good()), 'complete')
      const began = performance.now()
      await control.order('rollback')
      return performance.now() - began
    },
    'cold rollback': async () => {
      let kept
      while (kept === undefined) {
        expectPhase(await deploy(good()), 'complete')
        const releases = await control.ask('GET', '/v1/services/orders/releases')
        kept = releases.findLast(({ state }) => state === 'kept')
      }
      expectPhase((await control.rollOut('rollback', { release: kept.number })).rollout, 'complete')
    },
    'canary, promoted': async () => {
      const from = control.events.length
      const done = deploy(good(), 'canary')
      await needsPerson(from)
      await control.order('pause')
      await control.order('resume')
      await control.order('promote')
      expectPhase(await done, 'complete')
    },
    'canary, aborted': async () => {
      const from = control.events.length
      const done = deploy(good(), 'canary')
      await needsPerson(from)
      await control.order('abort')
      expectPhase(await done, 'aborted')
    },
    'control killed': () => restart('SIGKILL', commands[0]),
    'control killed in a canary': async () => {
      await control.order('deploy', { artifact: good(), strategy: 'canary' })
      await restart('SIGKILL', commands[0])
      await needsPerson(0)
      const from = control.events.length
      await control.order('promote')
      await control.saw((event) => event.type === 'rollout.finished', from)
    },
    'gateway worker killed': async () => {
      const from = control.events.length
      const { workers } = await control.ask('GET', '/v1/production')
      process.kill(workers[0].pid, 'SIGKILL')
      await control.saw((event) => event.type === 'gateway.worker-started', from)
    },
    'hotlane replaced': async (count) => {
      await restart('SIGTERM', commands[(count + 1) % 2])
      await control.saw((event) => event.type === 'gateway.worker-started')
    },
  }
}

/** Load for as long as the work takes. */
async function under(shop, scope, work) {
  const done = path.join(shop.base, `done-${Date.now()}`)
  let begun
  const begins = new Promise((resolve) => (begun = resolve))
  // The load of 200 rounds lasts longer than a run usually may.
  const words = [
    '--limit',
    '2h',
    '--before',
    '2s',
    '--after',
    '2s',
    '--during',
    `while [ ! -f ${done} ]; do sleep 0.05; done`,
  ]
  const verified = verifyShop(shop, words, { onBegin: begun }, scope)
  await Promise.race([begins, verified])
  try {
    await work()
  } finally {
    await writeFile(done, '')
  }
  return verified
}

function figuresOf({ phases, lost, ledger, streams, backwards }) {
  const [{ requests, failed }] = phases
  const p99 = `${phases[0].latency.p99.toFixed(1)} ms`
  return { requests, failed, lost, twice: ledger.twice, cut: streams[0].cut, backwards: backwards ?? '-', p99 }
}
