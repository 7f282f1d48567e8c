// Replaces the process of test/apps/ledger.mjs whose pid stands in the file PID as one should not: it sends the signal of its
// argument (SIGTERM, SIGKILL), waits until the process is gone, and only then starts the next one. Ends when that listens.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'

const { PID } = process.env
const isAlive = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const pid = Number(readFileSync(PID, 'utf8'))
rmSync(PID)
process.kill(pid, process.argv[2])
while (isAlive(pid)) await pause(5)
const program = fileURLToPath(new URL('ledger.mjs', import.meta.url))
spawn(process.execPath, [program], { detached: true, stdio: 'ignore', env: process.env }).unref()
while (!existsSync(PID)) await pause(5)
