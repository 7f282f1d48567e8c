// Long versions of what tests and benchmarks do in short: npm run soak [saves | gateway] [-- options].
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const scripts = { saves: 'soak-saves.mjs', gateway: 'soak-gateway.mjs' }
const [first, ...rest] = process.argv.slice(2)
const named = first !== undefined && !first.startsWith('-')
const script = scripts[named ? first : 'saves']

if (script === undefined) {
  console.error(`there is no soak "${first}"; known: ${Object.keys(scripts).join(', ')}`)
  process.exitCode = 2
} else {
  // Ctrl-C reaches both; the child cleans up, and its exit code is passed on.
  process.on('SIGINT', () => undefined)
  const args = [path.join(import.meta.dirname, 'support', script), ...(named ? rest : process.argv.slice(2))]
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')
  process.exitCode = code ?? 1
}
