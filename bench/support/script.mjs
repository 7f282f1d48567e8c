const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs the body of a script with an owner for what it starts. `body` gets `{ signal, defer }`: the signal is aborted at
 * Ctrl-C, SIGTERM or SIGHUP; what is deferred runs as in `withScope`. The exit code is what the body returns (0 for nothing), 1
 * after an error, 130 after Ctrl-C. A second Ctrl-C ends at once.
 */
export async function runScript(body) {
  const controller = new AbortController()
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new Error('interrupted'))
  }
  // A reader that goes away (`| head`, a closed terminal) ends the script as Ctrl-C does: what runs must be stopped.
  const broken = () => controller.abort(new Error('nobody reads the output'))
  for (const signal of stopSignals) process.on(signal, interrupt)
  process.stdout.on('error', broken)
  try {
    const code = await withScope(controller.signal, body)
    process.exitCode ||= code ?? 0
  } catch (error) {
    process.exitCode = 1
    if (!controller.signal.aborted) console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  }
  if (controller.signal.aborted) process.exitCode = 130
  for (const signal of stopSignals) process.off(signal, interrupt)
  process.stdout.off('error', broken)
}

/**
 * Runs `body({ signal, defer })`; closers given to `defer` run in reverse order when it has ended, however it ended, and
 * each of them runs even if another one throws. Resolves with what the body returns.
 */
export async function withScope(signal, body) {
  const closers = []
  const failures = []
  try {
    return await body({ signal, defer: (closer) => closers.push(closer) })
  } finally {
    for (const close of closers.toReversed()) await close().catch((error) => failures.push(error))
    for (const failure of failures) console.error('cleaning up:', failure)
    if (failures.length > 0) process.exitCode = 1
  }
}

/** A signal that is aborted by the given one, or with `message` after `ms`; `clear` lets go of both. */
export function deadline(signal, ms, message) {
  const controller = new AbortController()
  const pass = () => controller.abort(signal.reason)
  const timer = setTimeout(() => controller.abort(new Error(`${message} (waited ${Math.round(ms / 1000)} s)`)), ms)
  if (signal.aborted) pass()
  else signal.addEventListener('abort', pass, { once: true })
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', pass)
    },
  }
}
