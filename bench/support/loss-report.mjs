import { countBy, describeCounts, describeSpread, percentile } from './figures.mjs'

const shown = 10

/** True where nothing was lost and no old version was seen after a new one. */
export function isLossless({ ledger, toldLost }) {
  return ledger.failures.length === 0 && ledger.backwards.length === 0 && toldLost === 0
}

/** The figures of a loss run as lines; the first failures are told in full. */
export function lossLines({ ledger, saves, broken, overtaken, switches, servedMs, toldLost }) {
  const failures = describeCounts(countBy(ledger.failures.map((failure) => failure.kind)))
  return [
    `saves           ${saves}, of them ${broken} that cannot be built and ${overtaken} overtaken by the next; ${switches} switches`,
    `requests        ${ledger.requests}, on ${ledger.connectionsOpened} connections`,
    `failed          ${failures}; hotlane itself counted ${toldLost}`,
    `old after new   ${ledger.backwards.length === 0 ? 'none' : ledger.backwards.length}`,
    `save to served  ${describeSpread(servedMs)}`,
    `answer time     ${milliseconds(ledger, 0.5)} median, ${milliseconds(ledger, 0.99)} at 99 %, ${milliseconds(ledger, 1)} at most`,
    ...ledger.failures.slice(0, shown).map(({ kind, detail }) => `  ${kind}: ${detail}`),
    ...ledger.backwards.slice(0, shown).map(({ version, floor, rule }) => `  ${version} after ${floor} (${rule} rule)`),
  ]
}

function milliseconds({ latencies }, share) {
  return `${percentile(latencies, share).toFixed(1)} ms`
}
