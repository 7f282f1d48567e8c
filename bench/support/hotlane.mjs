import { EventEmitter, once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { startGroup } from './process-group.mjs'
import { deadline } from './script.mjs'

const root = path.resolve(import.meta.dirname, '../..')

/** The command in this checkout. @throws Error where the checkout was not built */
export function hotlaneCommand() {
  if (!existsSync(path.join(root, 'dist/cli/main.js'))) throw new Error('hotlane is not built yet: run "npm run build"')
  return [process.execPath, path.join(root, 'bin/hotlane')]
}

/** The environment for hotlane: without `PORT`, which would choose the public port. */
export function hotlaneEnvironment() {
  const { PORT: _, ...env } = process.env
  return env
}

/**
 * Starts `hotlane dev --json` in a directory and follows its events (src/model/event.ts), each with the time of its
 * arrival as `arrivedAt` (`performance.now()`). Stopped when the script ends.
 * `onEvent` gets each of them as it comes.
 */
export function startHotlane({ directory, args = [], env = hotlaneEnvironment(), onEvent }, { signal, defer }) {
  const startedAt = performance.now()
  const events = []
  const changed = new EventEmitter().setMaxListeners(0)
  const group = startGroup([...hotlaneCommand(), 'dev', '--json', ...args], {
    directory,
    env,
    onLine: (line, stream) => {
      if (stream !== 'stdout' || !line.startsWith('{')) return
      events.push({ ...JSON.parse(line), arrivedAt: performance.now() })
      changed.emit('event')
      onEvent?.(events.at(-1))
    },
  })
  defer(group.stop)
  const ended = new AbortController()
  void group.exited.then(({ code, signal }) => {
    ended.abort(new Error(`hotlane ended (${signal ?? `exit code ${code}`}):\n${readable(events, group.output())}`))
  })

  return {
    pid: group.pid,
    startedAt,
    /** All events so far, oldest first. */
    events,
    /** The last lines that it wrote. */
    output: group.output,
    /** Resolves when hotlane has ended, with its exit code and signal. */
    exited: group.exited,
    /**
     * The first event for which `wanted` holds, counting from index `from` of `events`.
     * @throws Error when hotlane ends first, or after `timeoutMs`
     */
    async sawEvent(wanted, { from = 0, timeoutMs = 120_000, what = 'the event' } = {}) {
      const limit = deadline(signal, timeoutMs, `hotlane did not tell ${what}`)
      const cut = AbortSignal.any([limit.signal, ended.signal])
      try {
        for (let next = from; ; next++) {
          while (next >= events.length) {
            cut.throwIfAborted()
            await once(changed, 'event', { signal: cut }).catch(() => cut.throwIfAborted())
          }
          if (wanted(events[next])) return events[next]
        }
      } finally {
        limit.clear()
      }
    },
    stop: group.stop,
  }
}

/** What explains an early end: errors that were told, else the last lines. */
function readable(events, output) {
  const errors = events.filter((event) => event.error !== undefined)
  if (errors.length === 0) return output
  return errors.map(({ type, error }) => `${type}: ${error.message}\n${error.output ?? ''}`).join('\n')
}
