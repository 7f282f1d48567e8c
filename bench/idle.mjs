// What `hotlane dev` costs while nothing happens: memory and CPU on 5,000 files, readiness with 200,000 ignored ones.
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import path from 'node:path'
import { writeNodeApp, writeSmallGinApp } from './support/apps.mjs'
import { writeTree } from './support/file-tree.mjs'
import { startHotlane } from './support/hotlane.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { freePort } from './support/ports.mjs'
import { findGo } from './support/programs.mjs'
import { runScript, withScope } from './support/script.mjs'
import { makeTemporary } from './support/temporary.mjs'
import { processorMs, residentMegabytes } from './support/usage.mjs'

const goals = { memoryMegabytes: 90, readyMs: 1500, processorShare: 0.005 }

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '5000' },
    ignored: { type: 'string', default: '200000' },
    /** Seconds for which nothing happens while CPU time is measured. */
    seconds: { type: 'string', default: '10' },
  },
})

await runScript(async (scope) => {
  const machine = await describeMachine()
  console.log(machineLine(machine))
  const small = await measureIdle({ name: `${values.files} files`, files: Number(values.files), ignored: 0 }, scope)
  const large = await measureIdle(
    {
      name: `${values.files} files and ${values.ignored} ignored`,
      files: Number(values.files),
      ignored: Number(values.ignored),
    },
    scope,
  )
  const met = [
    claim(small.memory <= goals.memoryMegabytes, `at most ${goals.memoryMegabytes} MB when idle`),
    claim(large.readyMs <= goals.readyMs, `ready to watch within ${goals.readyMs} ms beside ignored files`),
    claim(large.share <= goals.processorShare, `idle CPU not above ${goals.processorShare * 100} % of a core`),
  ]
  return met.every(Boolean) ? 0 : 1
})

function measureIdle({ name, files, ignored }, { signal }) {
  return withScope(signal, async (scope) => {
    const directory = path.join(await makeTemporary('idle', scope), 'app')
    const go = await findGo()
    await (go.missing === undefined ? writeSmallGinApp(directory) : writeNodeApp(directory))
    await writeTree(directory, { files, ignored, extension: go.missing === undefined ? 'go' : 'js' })
    const port = await freePort()
    const hotlane = startHotlane({ directory, args: ['--listen', `127.0.0.1:${port}`] }, scope)
    const ready = await hotlane.sawEvent((event) => event.type === 'watch.ready', { what: 'that it watches' })
    await hotlane.sawEvent((event) => event.type === 'service.switched', { what: 'that it serves', timeoutMs: 300_000 })

    const before = await processorMs(hotlane.pid)
    const from = performance.now()
    await delay(Number(values.seconds) * 1000, undefined, { signal })
    const share = ((await processorMs(hotlane.pid)) - before) / (performance.now() - from)
    const memory = await residentMegabytes(hotlane.pid)
    const sinceStart = ready.arrivedAt - hotlane.startedAt
    console.log(`\n${name} (${ready.files} watched in ${ready.directories} directories, ${ready.mode})`)
    console.log(
      `  watch ready   ${Math.round(ready.ms)} ms; ${Math.round(sinceStart)} ms from the start of the process`,
    )
    console.log(`  memory        ${memory.toFixed(1)} MB resident`)
    console.log(`  idle CPU      ${(share * 100).toFixed(2)} % of a core over ${values.seconds} s`)
    return { memory, share, readyMs: sinceStart }
  })
}

function claim(met, text) {
  console.log(`${met ? 'met' : 'MISSED'}: ${text}`)
  return met
}
