import { countBy } from './figures.mjs'
import { startLossClient } from './loss-client.mjs'
import { deadline } from './script.mjs'

const steady = 20
const limitMs = 90_000
/** Of what a tool wrote, as much as explains why it does not serve. */
const toldLines = 60

/** A tool did not serve the new version in time; says which tool, and what it wrote last. */
export class NotServed extends Error {}

/**
 * One save under traffic: requests run before, during and after it. Resolves with `{ servedMs, downMs, failures }`:
 * from the end of the save to the first answer of the new version; from the first failed request to that answer (0
 * without a failure); failed requests by kind.
 * @throws NotServed
 */
export async function measureSave({ tool, edit, port, save, afterSave, output }, { signal }) {
  const client = startLossClient({ url: `http://127.0.0.1:${port}/` })
  const limit = deadline(signal, limitMs, `${tool.about}: the new version was not served after an edit of ${edit}`)
  let wanted
  try {
    await client.ledger.sawRequests(steady, limit.signal)
    const before = client.ledger.failures.length
    if (before > 0) throw new Error(`requests failed before the save: ${client.ledger.failures[0].detail}`)
    const version = await save()
    wanted = version
    const savedAt = performance.now()
    const byHand = afterSave()
    const servedAt = await client.ledger.sawVersion(version, limit.signal)
    await byHand
    await client.ledger.sawRequests(steady, limit.signal)
    const { failures, backwards } = client.ledger
    return {
      servedMs: Math.round(servedAt - savedAt),
      downMs: failures.length === 0 ? 0 : Math.max(0, Math.round(servedAt - failures[0].at)),
      failures: countBy(failures.map((failure) => failure.kind)),
      backwards: backwards.length,
    }
  } catch (error) {
    if (signal.aborted) throw error
    const seen = `version ${wanted ?? 'of before'} was waited for, ${client.ledger.newest} is served`
    const wrote = output().split('\n').slice(-toldLines).join('\n')
    throw new NotServed(`${error.message}; ${seen}; ${tool.about} wrote last:\n${wrote}`, { cause: error })
  } finally {
    limit.clear()
    await client.stop()
  }
}

/**
 * Resolves when the app answers with `version` for the first time; failures until then are those of a start.
 * @throws Error with what the tool wrote, when it ends before that or takes too long
 */
export async function awaitServed({ port, version, output, exited }, { signal }) {
  const client = startLossClient({ url: `http://127.0.0.1:${port}/`, perSecond: 20, workers: 2 })
  const limit = deadline(signal, limitMs, 'the first version was not served')
  const ended = exited.then(() => {
    throw new Error('the tool ended')
  })
  try {
    await Promise.race([client.ledger.sawVersion(version, limit.signal), ended])
  } catch (error) {
    throw new Error(`${error.message}; it wrote:\n${output()}`, { cause: error })
  } finally {
    limit.clear()
    await client.stop()
  }
}
