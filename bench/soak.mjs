// npm run soak [verify | dev | production | saves | builds | gateway] [-- options]: the example shop under "hotlane verify"; saves of a small app;
// random edits of Go modules; floods and malformed messages for the gateway.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const soaks = {
  verify: 'soak-verify.mjs',
  dev: 'soak-dev.mjs',
  production: 'soak-production.mjs',
  saves: 'soak-saves.mjs',
  builds: 'soak-builds.mjs',
  gateway: 'support/soak-gateway.mjs',
}
const [first = 'verify', ...rest] = process.argv.slice(2)
const [name, args] = first in soaks ? [first, rest] : ['verify', process.argv.slice(2)]

// Ctrl-C reaches both; the soak cleans up, and its exit code is passed on.
const ignore = () => undefined
process.on('SIGINT', ignore)
const child = spawn(process.execPath, [path.join(import.meta.dirname, soaks[name]), ...args], { stdio: 'inherit' })
const [code] = await once(child, 'exit')
process.off('SIGINT', ignore)
process.exitCode = code ?? 1
