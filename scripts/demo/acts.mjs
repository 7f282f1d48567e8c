import path from 'node:path'
import { edit, withVersion } from '../../bench/support/edits.mjs'
import { deadline } from '../../bench/support/script.mjs'
import { formatMs } from './paper.mjs'

const limitMs = 60_000
const shownLines = 4

/** Requests that are waited for at each step, so that each is seen under traffic. */
export const steadyRequests = 100

/** Raises the version of a service, which also takes a mistake out; resolves with the time from save to served in ms. */
export async function showEdit({ paper, shop, directory, hotlane, traffic, versions, scope }, service, verb) {
  const ledger = traffic.ledgers[service]
  const from = hotlane.events.length
  const before = traffic.totals()
  const version = ++versions[service]
  const limit = deadline(scope.signal, limitMs, `version ${version} of ${service} was not served`)
  try {
    await edit(path.join(directory, shop.sources[service]), (text) =>
      withVersion(text.replace(shop.mistake, ''), version),
    )
    const savedAt = performance.now()
    paper.line(verb, `${service}: version ${version - 1} becomes ${version}`)
    const servedMs = (await ledger.sawVersion(version, limit.signal)) - savedAt
    const wanted = (event) => event.type === 'service.switched' && event.service === service
    const { report } = await hotlane.sawEvent(wanted, { from, what: 'the switch', timeoutMs: limitMs })
    await ledger.sawRequests(steadyRequests, limit.signal)
    paper.more(
      `served ${paper.color.green(formatMs(servedMs))} after the save (build ${formatMs(report.buildMs)}, start ${formatMs(report.startMs)}); ${lostSince(before, { traffic, paper })}`,
    )
    return servedMs
  } finally {
    limit.clear()
  }
}

/** Puts a mistake into a service, and shows that its last good version goes on serving. */
export async function showBreak({ paper, shop, directory, hotlane, traffic, versions, scope }, service) {
  const from = hotlane.events.length
  const before = traffic.totals()
  await edit(path.join(directory, shop.sources[service]), (text) => text + shop.mistake)
  paper.line('break', `${service}: ${shop.mistakeInWords}`)
  const failed = (event) => /^(build|instance)\.failed$/.test(event.type) && event.service === service
  const { error } = await hotlane.sawEvent(failed, {
    from,
    what: 'that the build failed',
    timeoutMs: limitMs,
  })
  await traffic.ledgers[service].sawRequests(steadyRequests, scope.signal)
  paper.more(`${paper.color.red(error.message)}. ${error.did}`)
  const output = (error.output ?? '').split('\n').filter((text) => text.trim() !== '')
  for (const line of output.slice(0, shownLines)) paper.more(paper.color.dim(`  ${line}`))
  const { newest } = traffic.ledgers[service]
  if (newest !== versions[service]) throw new Error(`version ${newest} was served after the broken build`)
  paper.more(`version ${newest} went on serving all the while; ${lostSince(before, { traffic, paper })}`)
}

function lostSince(before, { traffic, paper }) {
  const { requests, lost } = traffic.totals()
  const mark = lost === before.lost ? paper.color.green : paper.color.red
  return `${mark(`${lost - before.lost} lost`)} of ${requests - before.requests} requests`
}
