// Shows in under two minutes what hotlane is for: real services under traffic, edited, broken and mended.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { findGo } from '../bench/support/programs.mjs'
import { runScript } from '../bench/support/script.mjs'
import { makeTemporary } from '../bench/support/temporary.mjs'
import { showBreak, showEdit, steadyRequests } from './demo/acts.mjs'
import { keepRunning } from './demo/keep.mjs'
import { openPaper } from './demo/paper.mjs'
import { copyShop, shops, versionIn } from './demo/shop.mjs'
import { start } from './demo/start.mjs'
import { showTotals } from './demo/totals.mjs'
import { startTraffic } from './demo/traffic.mjs'

const perSecond = 200

const { values } = parseArgs({
  options: {
    /** Leave hotlane running, without traffic, until Ctrl-C. */
    keep: { type: 'boolean', default: false },
  },
})
const paper = openPaper(process.stdout)

await runScript(async (scope) => {
  const shop = await chooseShop()
  const directory = path.join(await makeTemporary('demo', scope), shop.name)
  await copyShop(shop, directory)
  const { hotlane, urls } = await start(paper, { shop, directory }, scope)
  paper.line('traffic', `${perSecond} requests/s to both, half of them on new connections`)
  paper.gap()
  const traffic = startTraffic(
    mapValues(urls, (url) => new URL('/version', url).href),
    { perSecond, versionOf: versionIn },
  )
  scope.defer(traffic.stop)
  const stage = { paper, shop, directory, hotlane, traffic, versions: mapValues(shop.sources, () => 1), scope }
  await traffic.ledgers.orders.sawRequests(steadyRequests, scope.signal)

  const servedMs = [await showEdit(stage, 'orders', 'edit')]
  await showBreak(stage, 'orders')
  servedMs.push(await showEdit(stage, 'orders', 'mend'), await showEdit(stage, 'auth', 'edit'))

  await traffic.ledgers.orders.sawRequests(steadyRequests, scope.signal)
  await traffic.stop()
  const passed = showTotals(paper, { traffic, servedMs })
  if (values.keep) await keepRunning(paper, { hotlane, directory, urls }, scope.signal)
  return passed ? 0 : 1
})

async function chooseShop() {
  const go = await findGo()
  const shop = go.missing === undefined ? shops.go : shops.node
  paper.title('hotlane demo')
  if (go.missing !== undefined) paper.line('note', `${go.missing}: showing Node services instead of Gin services`)
  paper.line('project', `a copy of examples/${shop.name}: ${shop.about}`)
  return shop
}

function mapValues(record, change) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
