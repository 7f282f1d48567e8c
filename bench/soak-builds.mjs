// Edits a generated Go module at random, hundreds of times: each time hotlane's program has to be the one of go build.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { steps: { type: 'string', default: '400' } } })
const root = path.resolve(import.meta.dirname, '..')
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
// The property test of the builder is the same one; it is only longer here.
const child = spawn(process.execPath, [vitest, 'run', 'src/build/go-random.test.ts'], {
  cwd: root,
  env: { ...process.env, HOTLANE_BUILD_STEPS: values.steps },
  stdio: 'inherit',
})
const [code] = await once(child, 'exit')
process.exitCode = code ?? 1
