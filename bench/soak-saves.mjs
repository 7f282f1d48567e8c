// The long version of loss-50-saves: by default 500 saves; tells besides whether memory grew.
import { parseArgs } from 'node:util'
import { median } from './support/figures.mjs'
import { isLossless, lossLines } from './support/loss-report.mjs'
import { runLoss } from './support/loss-run.mjs'
import { runScript } from './support/script.mjs'

const { values } = parseArgs({
  options: {
    saves: { type: 'string', default: '500' },
    rate: { type: 'string', default: '200' },
    /** One save in so many cannot be built. */
    'broken-every': { type: 'string', default: '5' },
    /** `go` or `node`; by default go where it is installed. */
    app: { type: 'string' },
  },
})

await runScript(async (scope) => {
  const startedAt = performance.now()
  const options = {
    saves: Number(values.saves),
    brokenEvery: Number(values['broken-every']),
    perSecond: Number(values.rate),
    app: values.app,
    say: console.log,
  }
  const result = await runLoss(options, scope)
  const { ledger, saves, broken, servedMs, memoryBefore, memoryAfter } = result
  const passed = isLossless(result)
  const figures = [
    `${saves} saves (${broken} broken)`,
    `${Math.round((performance.now() - startedAt) / 1000)} s`,
    `${ledger.requests} requests`,
    `${ledger.failures.length} failed`,
    `${ledger.backwards.length} old after new`,
    `save to served ${Math.round(median(servedMs))} ms`,
    `memory ${memoryBefore.toFixed(0)} -> ${memoryAfter.toFixed(0)} MB`,
  ]
  console.log(['', ...lossLines(result), '', `${passed ? 'passed' : 'FAILED'}: ${figures.join(', ')}`].join('\n'))
  return passed ? 0 : 1
})
