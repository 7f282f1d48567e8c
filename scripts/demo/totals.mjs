import { formatMs } from './paper.mjs'

const shownLosses = 10

/** Prints what the traffic saw; returns whether nothing was lost. */
export function showTotals(paper, { traffic, servedMs }) {
  const { requests, lost, backwards } = traffic.totals()
  const passed = lost === 0 && backwards === 0
  const mark = passed ? paper.color.green : paper.color.red
  paper.gap()
  paper.line('sent', `${requests} requests`)
  paper.line('lost', mark(String(lost)))
  paper.line(
    'order',
    backwards === 0 ? 'no old version after a new one' : mark(`${backwards} old answers after new ones`),
  )
  paper.line('served', `${servedMs.map(formatMs).join(', ')} after the save`)
  for (const loss of traffic.losses().slice(0, shownLosses)) paper.more(paper.color.red(loss))
  paper.gap()
  return passed
}
