import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { findStrays } from './strays.mjs'

const keptLines = 200
const pollMs = 10

/**
 * Starts a program in a process group of its own. `onLine(line, stream)` gets its output line by line. `stop` signals the
 * group, waits until all of it is gone, kills what is left after `graceMs`, and then ends descendants that have left the
 * group. When this process exits without having stopped it, the group is killed.
 */
export function startGroup(argv, { directory, env = process.env, onLine, stopSignal = 'SIGINT', graceMs = 15_000 }) {
  const mark = `HOTLANE_BENCH_GROUP=${randomBytes(8).toString('hex')}`
  const [name, value] = mark.split('=')
  const child = spawn(argv[0], argv.slice(1), {
    cwd: directory,
    env: { ...env, [name]: value },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines = []
  for (const stream of ['stdout', 'stderr']) {
    createInterface({ input: child[stream] }).on('line', (line) => {
      lines.push(line)
      if (lines.length > keptLines) lines.shift()
      onLine?.(line, stream)
    })
  }
  const exited = once(child, 'exit').then(
    ([code, signal]) => ({ code, signal }),
    (error) => ({ code: null, signal: null, error }),
  )
  const killAtExit = () => signalGroup(child.pid, 'SIGKILL')
  process.once('exit', killAtExit)

  async function end() {
    signalGroup(child.pid, stopSignal)
    await waitUntilGone(child.pid, graceMs)
    signalGroup(child.pid, 'SIGKILL')
    await exited
    for (const pid of await findStrays(mark)) signalProcess(pid, 'SIGKILL')
    process.off('exit', killAtExit)
  }
  let ending
  return {
    pid: child.pid,
    exited,
    /** The last lines of output, both streams. */
    output: () => lines.join('\n'),
    stop: () => (ending ??= end()),
  }
}

/** Groups tell nobody when their last member ends; asking again is the only way on every system. */
async function waitUntilGone(pid, ms) {
  const latest = performance.now() + ms
  while (signalGroup(pid, 0) && performance.now() < latest) await delay(pollMs)
}

function signalGroup(pid, signal) {
  return pid !== undefined && signalProcess(-pid, signal)
}

function signalProcess(pid, signal) {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
