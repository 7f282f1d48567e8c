<<<<<<< HEAD
// npm run soak [verify | saves | gateway] [-- options]: switches of the example shop under "hotlane verify"; saves of a small
// app; floods and malformed messages for the gateway.
=======
// npm run soak [verify|saves|builds] [-- options]: the example shop under "hotlane verify"; saves of a small app; random edits.
>>>>>>> main
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

<<<<<<< HEAD
const soaks = { verify: 'soak-verify.mjs', saves: 'soak-saves.mjs', gateway: 'support/soak-gateway.mjs' }
=======
const soaks = { verify: 'soak-verify.mjs', saves: 'soak-saves.mjs', builds: 'soak-builds.mjs' }
>>>>>>> main
const [first = 'verify', ...rest] = process.argv.slice(2)
const [name, args] = first in soaks ? [first, rest] : ['verify', process.argv.slice(2)]

// Ctrl-C reaches both; the soak cleans up, and its exit code is passed on.
const ignore = () => undefined
process.on('SIGINT', ignore)
const child = spawn(process.execPath, [path.join(import.meta.dirname, soaks[name]), ...args], { stdio: 'inherit' })
const [code] = await once(child, 'exit')
process.off('SIGINT', ignore)
process.exitCode = code ?? 1
