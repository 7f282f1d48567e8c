import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Loads a URL with wrk and one thread; resolves with `{ requests, perSecond, p50Ms, p99Ms, errors }`.
 * `script` is the path of a Lua script.
 */
export async function runWrk(program, { url, connections, seconds, headers = [], script, signal }) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency']
  for (const header of headers) args.push('-H', header)
  if (script !== undefined) args.push('-s', script)
  const { stdout } = await run(program, [...args, url], { signal })
  const errors = [...stdout.matchAll(/(?:connect|read|write|timeout|Non-2xx or 3xx responses:?) (\d+)/g)]
  return {
    requests: Number(/(\d+) requests in/.exec(stdout)?.[1]),
    perSecond: Number(/Requests\/sec:\s*([\d.]+)/.exec(stdout)?.[1]),
    p50Ms: milliseconds(stdout, '50%'),
    p99Ms: milliseconds(stdout, '99%'),
    errors: errors.reduce((sum, [, count]) => sum + Number(count), 0),
  }
}

function milliseconds(text, share) {
  const [, value, unit] = new RegExp(`${share}\\s+([\\d.]+)(us|ms|s)`).exec(text) ?? []
  return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit]
}
