// 200 requests/s over 50 saves, 10 of them broken: no request may fail, and no old version may follow a new one.
import { parseArgs } from 'node:util'
import { isLossless, lossLines } from './support/loss-report.mjs'
import { runLoss } from './support/loss-run.mjs'
import { runScript } from './support/script.mjs'

const { values } = parseArgs({
  options: {
    /** `go` or `node`; by default go where it is installed. */
    app: { type: 'string' },
    rate: { type: 'string', default: '200' },
  },
})

await runScript(async (scope) => {
  const options = { saves: 50, brokenEvery: 5, perSecond: Number(values.rate), app: values.app, say: console.log }
  const result = await runLoss(options, scope)
  const passed = isLossless(result)
  console.log(['', ...lossLines(result), '', passed ? 'passed: nothing was lost' : 'FAILED'].join('\n'))
  return passed ? 0 : 1
})
