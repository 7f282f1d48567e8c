// Lists the benchmarks and runs one of them, or all: npm run bench [name] [-- options].
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'

const benches = await listBenches()
const [wanted, ...args] = process.argv.slice(2)

if (wanted === undefined || wanted === '--help') {
  const width = Math.max(...benches.map(({ name }) => name.length))
  console.log('npm run bench NAME [-- options]     NAME is one of these, or "all":\n')
  for (const { name, about } of benches) console.log(`  ${name.padEnd(width)}  ${about}`)
} else if (wanted === 'all') {
  for (const { name } of benches) await runBench(name, args)
} else if (benches.some(({ name }) => name === wanted)) {
  await runBench(wanted, args)
} else {
  console.error(`there is no benchmark "${wanted}"; known: ${benches.map(({ name }) => name).join(', ')}`)
  process.exitCode = 2
}

/** Every script beside this one but itself and the soak tests, which have a command of their own. */
async function listBenches() {
  const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.mjs'))
  const names = files
    .map((file) => path.basename(file, '.mjs'))
    .filter((name) => name !== 'run' && !name.startsWith('soak'))
  return Promise.all(names.sort().map(async (name) => ({ name, about: await firstComment(name) })))
}

/** What a script says about itself in its first line. */
async function firstComment(name) {
  const input = createReadStream(path.join(import.meta.dirname, `${name}.mjs`))
  for await (const line of createInterface({ input })) {
    input.destroy()
    return line.startsWith('//') ? line.replace(/^\/\/\s*/, '') : ''
  }
  return ''
}

async function runBench(name, args) {
  console.log(`--- ${name}`)
  // Ctrl-C reaches both; the benchmark cleans up, and its exit code is passed on.
  const ignore = () => undefined
  process.on('SIGINT', ignore)
  const child = spawn(process.execPath, [path.join(import.meta.dirname, `${name}.mjs`), ...args], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  process.off('SIGINT', ignore)
  if (code !== 0) process.exitCode = code ?? 1
}
