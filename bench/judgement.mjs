// How often and how fast canaries are judged rightly, in simulated rollouts with known shares of errors.
import { parseArgs } from 'node:util'
import { judgeErrors } from '../dist/rollout/judge/judge-errors.js'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    /** Requests per second of the whole service. */
    rate: { type: 'string', default: '300' },
    /** Percent of them that reach the canary. */
    weight: { type: 'string', default: '5' },
    /** Length of the step; there is a look every second. */
    seconds: { type: 'string', default: '600' },
    margin: { type: 'string', default: '0.005' },
    confidence: { type: 'string', default: '0.99' },
    seed: { type: 'string', default: '1' },
  },
})

const runs = Number(values.runs)
const seconds = Number(values.seconds)
const toTrial = Math.round((Number(values.rate) * Number(values.weight)) / 100)
const toStable = Number(values.rate) - toTrial
const settings = { minRequests: 100, errorMargin: Number(values.margin), confidence: Number(values.confidence) }

/** Errors of stable and canary in percent, and the verdict that would be wrong. */
const cases = [
  [0, 0, 'fail'],
  [0.1, 0.1, 'fail'],
  [1, 1, 'fail'],
  [2, 2, 'fail'],
  [5, 5, 'fail'],
  [1, 1.5, 'fail'],
  [0, 1.5, 'pass'],
  [0, 2, 'pass'],
  [1, 3, 'pass'],
  [2, 4, 'pass'],
  [0, 10, 'pass'],
]

const random = seeded(Number(values.seed))
console.log(
  `${toStable} requests/s to stable, ${toTrial} to the canary, a look per second, ${seconds} s, ${runs} runs\n`,
)
console.log('| stable | canary | pass | fail | no verdict | median | 90 % within |')
console.log('|---|---|---|---|---|---|---|')
for (const [stable, canary, wrong] of cases) {
  const count = { pass: 0, fail: 0, 'no data': 0 }
  const times = []
  for (let run = 0; run < runs; run++) {
    const { verdict, after } = simulate(stable / 100, canary / 100)
    count[verdict]++
    times.push(verdict === 'no data' ? Infinity : after)
  }
  times.sort((a, b) => a - b)
  const at = (share) => {
    const time = times[Math.ceil(share * runs) - 1]
    return time === Infinity ? '-' : `${time} s`
  }
  const shares = `${stable} % | ${canary} %`
  console.log(`| ${shares} | ${count.pass} | ${count.fail} | ${count['no data']} | ${at(0.5)} | ${at(0.9)} |`)
  if (count[wrong] > runs * (1 - settings.confidence)) process.exitCode = 1
}

function simulate(stableShare, trialShare) {
  const stable = { count: 0, of: 0 }
  const trial = { count: 0, of: 0 }
  for (let after = 1; after <= seconds; after++) {
    for (let request = 0; request < toStable; request++) if (random() < stableShare) stable.count++
    for (let request = 0; request < toTrial; request++) if (random() < trialShare) trial.count++
    stable.of += toStable
    trial.of += toTrial
    const { verdict } = judgeErrors({ stable, trial, settings })
    if (verdict !== 'no data') return { verdict, after }
  }
  return { verdict: 'no data', after: seconds }
}

/** mulberry32: small, fast, the same each time. */
function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
