import { deadline } from './script.mjs'
import { residentMegabytes } from './usage.mjs'

const patienceMs = 120_000
const steady = 40
const hastyEvery = 10
const toldEvery = 10

/**
 * Saves an app `saves` times while a client sends requests. One save in `brokenEvery` cannot be built: the version before
 * it must go on serving. One save in ten is followed by the next at once, so that a build is overtaken; the others are
 * waited for. Saves are in place and atomic in turn. Resolves with `{ saves, broken, overtaken, servedMs }`.
 */
export async function saveAgainAndAgain({ app, hotlane, client, saves, brokenEvery, say }, { signal }) {
  const result = { saves, broken: 0, overtaken: 0, servedMs: [] }
  for (let index = 1; index <= saves; index++) {
    const limit = deadline(signal, patienceMs, `save ${index} had no effect`)
    const style = index % 2 === 0 ? 'atomic' : 'in-place'
    try {
      if (index % brokenEvery === Math.floor(brokenEvery / 2)) {
        await saveBroken({ app, hotlane, client, style, signal: limit.signal })
        result.broken++
      } else if (index < saves && index % hastyEvery === 0) {
        await app.edits.main(style)
        result.overtaken++
      } else {
        const version = await app.edits.main(style)
        const savedAt = performance.now()
        result.servedMs.push((await client.ledger.sawVersion(version, limit.signal)) - savedAt)
      }
    } finally {
      limit.clear()
    }
    if (index % toldEvery === 0) {
      const memory = await residentMegabytes(hotlane.pid)
      const { requests, failures } = client.ledger
      say(`${index} saves, ${requests} requests, ${failures.length} failed, hotlane holds ${memory.toFixed(0)} MB`)
    }
  }
  return result
}

async function saveBroken({ app, hotlane, client, style, signal }) {
  const from = hotlane.events.length
  const before = client.ledger.newest
  await app.breakSource(style)
  // A script that cannot be parsed fails when it is started: nothing was built.
  await hotlane.sawEvent((event) => event.type === 'build.failed' || event.type === 'instance.failed', {
    from,
    what: 'that the broken source failed',
    timeoutMs: patienceMs,
  })
  await client.ledger.sawRequests(steady, signal)
  if (client.ledger.newest !== before) throw new Error('another version than before the failed build was served')
}
