import http from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { failureKind } from './failure-kind.mjs'
import { Ledger } from './ledger.mjs'

const maxDetail = 200

/**
 * A closed-loop client: each worker sends its next request when the last one has ended, and not before its turn. Half of
 * the workers keep their connection, half open a new one for each request. Nothing is sent again: what fails is lost.
 *
 * `perSecond` is the rate of all workers together; `versionOf(body)` gives the number of the version that answered, NaN
 * where the body has none. `stop` lets requests in flight end first.
 */
export function startLossClient({ url, perSecond = 200, workers = 8, timeoutMs = 10_000, versionOf = jsonVersion }) {
  const target = new URL(url)
  const ledger = new Ledger()
  const stopping = new AbortController()
  const nextTurn = turns(1000 / perSecond)
  const running = Array.from({ length: workers }, async (_, index) => {
    const kept = index % 2 === 0
    const agent = kept ? new http.Agent({ keepAlive: true, maxSockets: 1 }) : undefined
    const send = () => request(target, { agent, ledger, timeoutMs, versionOf })
    try {
      await inTurn(send, { nextTurn, signal: stopping.signal })
    } finally {
      agent?.destroy()
    }
  })
  return {
    ledger,
    stop: async () => {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

/** The `version` of a JSON body. */
export function jsonVersion(body) {
  try {
    return Number(JSON.parse(body).version)
  } catch {
    return Number.NaN
  }
}

/**
 * Times to start at, `pauseMs` apart over all workers, so that a switch is seen within one pause however the workers
 * drift. Turns that nobody was free to take are not made up for.
 */
function turns(pauseMs) {
  let last = performance.now()
  return () => (last = Math.max(last + pauseMs, performance.now()))
}

/** Runs a task again and again, each time when its turn has come. */
async function inTurn(task, { nextTurn, signal }) {
  while (!signal.aborted) {
    await delay(nextTurn() - performance.now(), undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) await task()
  }
}

/** One request; resolves when it has ended, and tells the ledger how. Never rejects. */
function request(target, { agent, ledger, timeoutMs, versionOf }) {
  return new Promise((resolve) => {
    const ticket = ledger.begin()
    let connection
    const sent = http.get(target, { agent: agent ?? false })
    const timer = setTimeout(
      () => sent.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      timeoutMs,
    )
    let ended = false
    const end = (tell) => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      tell()
      resolve()
    }
    sent.on('socket', (socket) => {
      connection = identify(socket, ledger)
    })
    sent.on('error', (error) => end(() => ledger.fail({ kind: failureKind(error), detail: error.message, connection })))
    sent.on('response', (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', (error) =>
        end(() => ledger.fail({ kind: failureKind(error), detail: `in the body: ${error.message}`, connection })),
      )
      response.on('end', () =>
        end(() => judge(Buffer.concat(chunks).toString(), { status: response.statusCode, ticket, connection })),
      )
    })
    function judge(body, { status, ticket, connection }) {
      const version = versionOf(body)
      const detail = `${status}: ${body.slice(0, maxDetail)}`
      if (status < 200 || status > 299) ledger.fail({ kind: 'status', detail, connection })
      else if (Number.isNaN(version)) ledger.fail({ kind: 'unreadable', detail, connection })
      else ledger.answer(ticket, { version, connection })
    }
  })
}

const identities = new WeakMap()

function identify(socket, ledger) {
  const known = identities.get(socket)
  if (known !== undefined) return known
  const identity = ledger.opened()
  identities.set(socket, identity)
  socket.once('close', () => ledger.closed(identity))
  return identity
}
