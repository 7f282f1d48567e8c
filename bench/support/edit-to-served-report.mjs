import { countBy, describeCounts, describeSpread, median } from './figures.mjs'
import { machineLine } from './machine.mjs'
import { tableLines } from './table.mjs'

const headings = [
  'tool',
  'save to served: median (min - max)',
  'against by hand',
  'down: median (max)',
  'failed requests per save',
  'failed, by kind',
]

/** The report as Markdown lines: one table for each app and kind of edit. */
export function reportLines({ machine, load, rounds, pauseMs, absent, cases }) {
  const lines = [
    '# From save to served',
    '',
    `${machineLine(machine)}.`,
    `Load average before the run ${load[0]}, after it ${load[1]}.`,
    '',
    `${rounds} saves per tool and kind of edit, interleaved, each ${pauseMs} ms after the one before was served; 200 requests/s, half of them on new connections.`,
    '"Down" is from the first failed request to the first answer of the new version.',
  ]
  for (const { name, why } of absent) lines.push('', `Not measured: ${name}, ${why}.`)
  for (const title of new Set(cases.map(titleOf))) {
    const rows = cases.filter((row) => titleOf(row) === title)
    const floor = rows.find((row) => row.tool === 'bare')
    lines.push('', `## ${title}`, '')
    lines.push(
      ...tableLines(
        headings,
        rows.map((row) => cellsOf(row, floor)),
      ),
    )
    lines.push(...verdicts(rows, floor))
  }
  return lines
}

function titleOf({ app, packages, edit }) {
  if (app === 'small') return 'Small Gin app'
  return `Module with ${packages} packages, edit of ${places[edit]}`
}

const places = {
  main: 'the main package',
  leaf: 'a leaf package',
  shared: 'a function of a package that all import',
  seen: 'an exported constant of a package that all import',
}

function cellsOf({ about, version, saves, unserved }, floor) {
  const served = servedOf({ saves })
  const down = saves.map((save) => save.downMs)
  const perSave = saves.map(({ failures }) => Object.values(failures).reduce((sum, count) => sum + count, 0))
  const kinds = countBy(
    saves.flatMap(({ failures }) => Object.entries(failures).flatMap(([kind, n]) => Array(n).fill(kind))),
  )
  return [
    `${about} (${version})${unserved === 0 ? '' : `; ${unserved} more ${unserved === 1 ? 'save was' : 'saves were'} never served`}`,
    describeSpread(served),
    againstFloor(served, floor),
    `${Math.round(median(down))} ms (${Math.round(Math.max(...down))})`,
    `${Math.min(...perSave)} - ${Math.max(...perSave)}`,
    describeCounts(kinds),
  ]
}

function againstFloor(served, floor) {
  if (floor === undefined) return '-'
  const difference = Math.round(median(served) - median(servedOf(floor)))
  return `${difference > 0 ? '+' : ''}${difference} ms`
}

/** What hotlane promises, and whether this run shows it. */
function verdicts(rows, floor) {
  const hotlane = rows.find((row) => row.tool === 'hotlane')
  const air = rows.find((row) => row.tool === 'air')
  if (hotlane === undefined) return []
  const own = median(servedOf(hotlane))
  const failed = hotlane.saves.filter(isLossy).length
  const lines = [
    verdict(failed === 0, `no save lost a request or showed an old version after a new one (${failed} did)`),
  ]
  if (floor !== undefined) {
    const ratio = own / median(servedOf(floor))
    lines.push(verdict(ratio <= 0.6, `at most 0.6 of go build and start by hand (${ratio.toFixed(2)})`))
  }
  if (air !== undefined) {
    const ratio = own / median(servedOf(air))
    lines.push(verdict(ratio <= 0.25, `at most 0.25 of air with its defaults (${ratio.toFixed(2)})`))
  }
  return ['', ...lines]
}

/** True where a save cost a request, or an old version was seen after a new one. */
export function isLossy({ failures, backwards }) {
  return Object.keys(failures).length > 0 || backwards > 0
}

function verdict(met, claim) {
  return `- ${met ? 'met' : 'MISSED'}: ${claim}`
}

function servedOf({ saves }) {
  return saves.map((save) => save.servedMs)
}
