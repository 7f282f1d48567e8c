// What it costs to begin watching: time to ready, memory, idle CPU and event latency, beside up to 200,000 ignored files.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { describeMachine, machineLine } from './support/machine.mjs'
import { runScript } from './support/script.mjs'
import { makeTemporary } from './support/temporary.mjs'

const { values } = parseArgs({
  options: {
    /** Set in the child process that watches: the directory. */
    watch: { type: 'string' },
    ignored: { type: 'string', default: '200000' },
    /** Seconds for which nothing happens while CPU time is measured. */
    seconds: { type: 'string', default: '5' },
    /** Print JSON only. */
    json: { type: 'boolean', default: false },
  },
})

if (values.watch === undefined) await runScript(measureAll)
else await measureOne(values.watch)

async function measureAll(scope) {
  const directory = await makeTemporary('watch-startup', scope)
  const ignored = Number(values.ignored)
  const cases = [
    ['5,000 files in 321 directories', {}],
    [`and ${ignored} by .gitignore in one directory`, { 'data/f%.log': ignored }],
    [`and ${ignored} in node_modules`, { 'node_modules/p/f%.js': ignored }],
  ]
  const results = []
  for (const [index, [name, extra]] of cases.entries()) {
    const tree = path.join(directory, String(index))
    await writeSources(tree)
    for (const [pattern, count] of Object.entries(extra)) await writeMany(path.join(tree, pattern), count)
    const child = fork(import.meta.filename, ['--watch', tree, '--seconds', values.seconds], {
      execArgv: ['--expose-gc'],
    })
    scope.defer(async () => void child.kill())
    const [result] = await once(child, 'message')
    await once(child, 'exit')
    results.push({ name, ...result })
  }
  const machine = await describeMachine()
  console.log(JSON.stringify({ machine, results }))
  if (!values.json) printTable(machine, results)
  return results.every(({ readyMs }) => readyMs <= 1500) ? 0 : 1
}

/** 321 directories: a root, 20 below it, 15 in each of those. */
async function writeSources(tree) {
  await mkdir(tree, { recursive: true })
  await writeFile(path.join(tree, '.gitignore'), 'dist/\n/build\n*.tmp\n*.log\n')
  for (let index = 0; index < 5000; index++) {
    const directory = path.join(tree, `p${index % 20}`, `q${Math.floor(index / 20) % 15}`)
    if (index < 300) await mkdir(directory, { recursive: true })
    await writeFile(path.join(directory, `f${index}.go`), `package q\n\n// ${index}\n${'var _ = 1\n'.repeat(300)}`)
  }
}

async function writeMany(pattern, count) {
  await mkdir(path.dirname(pattern), { recursive: true })
  for (let from = 0; from < count; from += 500) {
    const names = Array.from({ length: Math.min(500, count - from) }, (_, index) =>
      pattern.replace('%', `${from + index}`),
    )
    await Promise.all(names.map((name) => writeFile(name, '')))
  }
}

async function measureOne(directory) {
  const [{ watch }, { createIgnore }] = await Promise.all([
    import('../dist/watch/watch.js'),
    import('../dist/watch/ignore.js'),
  ])
  const rules = {
    directory,
    roots: [directory],
    include: [],
    ignore: [],
    ignorePatterns: [],
    gitignore: true,
    followLinks: false,
  }
  const ignore = createIgnore(rules, [])
  await warmUp(watch)
  globalThis.gc()
  const rssBefore = process.memoryUsage.rss()
  const watcher = watch(
    {
      roots: [directory],
      files: [],
      ignored: (file, isDirectory) => ignore.ignored(file, isDirectory),
      reread: (file) => ignore.reread(file),
      mode: 'auto',
      pollMs: 500,
      settleMs: 30,
      followLinks: false,
    },
    { degraded: (why) => console.error(why) },
  )
  const summary = await watcher.ready
  const rssReady = process.memoryUsage.rss()
  // Contents are read in the background first; that is work, not idling.
  let used = process.cpuUsage()
  const readingFrom = performance.now()
  for (;;) {
    await delay(500)
    const { user, system } = process.cpuUsage(used)
    used = process.cpuUsage()
    if (user + system < 5000) break
  }
  const readMs = performance.now() - readingFrom - 500
  const idleFrom = process.cpuUsage()
  await delay(Number(values.seconds) * 1000)
  const idle = process.cpuUsage(idleFrom)
  const rssIdle = process.memoryUsage.rss()
  const latencies = []
  const changes = watcher[Symbol.asyncIterator]()
  for (let round = 0; round < 21; round++) {
    const savedAt = performance.now()
    await writeFile(path.join(directory, 'p3', 'q3', 'saved.go'), `package q // ${round}`)
    const { value } = await changes.next()
    latencies.push({ hint: value.firstEventAt - savedAt, told: performance.now() - savedAt })
  }
  await watcher[Symbol.asyncDispose]()
  process.send({
    readyMs: round(summary.ms),
    directories: summary.directories,
    files: summary.files,
    rssGrowthReadyMB: round((rssReady - rssBefore) / 1e6),
    rssGrowthIdleMB: round((rssIdle - rssBefore) / 1e6),
    readMs: round(readMs),
    idleCpuPercent: round((100 * (idle.user + idle.system)) / 1000 / (Number(values.seconds) * 1000), 3),
    hintMs: round(median(latencies.map(({ hint }) => hint))),
    toldMs: round(median(latencies.map(({ told }) => told))),
  })
  process.disconnect()
}

/** Watches a small directory once, so that the code of Node and hotlane is loaded before memory is measured. */
async function warmUp(watch) {
  const watcher = watch(
    {
      roots: [path.join(import.meta.dirname, 'support')],
      files: [],
      ignored: () => false,
      mode: 'native',
      pollMs: 500,
      settleMs: 30,
      followLinks: false,
    },
    { degraded: (why) => console.error(why) },
  )
  await watcher.ready
  await delay(100)
  await watcher[Symbol.asyncDispose]()
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]
}

function round(number, digits = 1) {
  return Number(number.toFixed(digits))
}

function printTable(machine, results) {
  console.log(machineLine(machine))
  const columns = {
    readyMs: 'ready ms',
    rssGrowthReadyMB: '+RSS ready MB',
    rssGrowthIdleMB: '+RSS idle MB',
    idleCpuPercent: 'idle CPU %',
    hintMs: 'event ms',
    toldMs: 'told ms (settle 30)',
  }
  const width = Math.max(...results.map(({ name }) => name.length))
  console.log([' '.repeat(width), ...Object.values(columns)].join('  '))
  for (const result of results) {
    const cells = Object.entries(columns).map(([key, title]) => String(result[key]).padStart(title.length))
    console.log([result.name.padEnd(width), ...cells].join('  '))
  }
}
