import path from 'node:path'
import { writeNodeApp, writeSmallGinApp } from './apps.mjs'
import { startHotlane } from './hotlane.mjs'
import { startLossClient } from './loss-client.mjs'
import { freePort } from './ports.mjs'
import { findGo } from './programs.mjs'
import { saveAgainAndAgain } from './saves.mjs'
import { makeTemporary } from './temporary.mjs'
import { residentMegabytes } from './usage.mjs'

/**
 * Serves an app under `hotlane dev`, saves it again and again under steady requests, and resolves with figures. The app
 * is a Gin service, or a Node service where there is no Go; `app` (`go` or `node`) chooses.
 */
export async function runLoss({ saves, brokenEvery, perSecond, app: wanted, say }, scope) {
  const language = wanted ?? (await chooseLanguage(say))
  const directory = path.join(await makeTemporary('loss', scope), 'app')
  const app = await (language === 'go' ? writeSmallGinApp(directory) : writeNodeApp(directory))
  const port = await freePort()
  say(`starting hotlane dev on a small ${language === 'go' ? 'Gin' : 'Node'} app`)
  const hotlane = startHotlane({ directory, args: ['--listen', `127.0.0.1:${port}`] }, scope)
  await hotlane.sawEvent((event) => event.type === 'service.switched', { what: 'that it serves', timeoutMs: 300_000 })

  const client = startLossClient({ url: `http://127.0.0.1:${port}/`, perSecond })
  scope.defer(client.stop)
  await client.ledger.sawRequests(perSecond, scope.signal)
  const memoryBefore = await residentMegabytes(hotlane.pid)
  const result = await saveAgainAndAgain({ app, hotlane, client, saves, brokenEvery, say }, scope)
  await client.ledger.sawRequests(perSecond, scope.signal)
  const memoryAfter = await residentMegabytes(hotlane.pid)
  await client.stop()
  const switches = hotlane.events.filter((event) => event.type === 'service.switched')
  return {
    ...result,
    language,
    ledger: client.ledger,
    switches: switches.length,
    /** What hotlane itself says it lost; the ledger is the truth, and both must agree on nothing. */
    toldLost: switches.reduce((sum, event) => sum + event.report.lost, 0),
    memoryBefore,
    memoryAfter,
  }
}

async function chooseLanguage(say) {
  const { missing } = await findGo()
  if (missing !== undefined) say(`${missing}: using a Node app instead of a Gin app`)
  return missing === undefined ? 'go' : 'node'
}
