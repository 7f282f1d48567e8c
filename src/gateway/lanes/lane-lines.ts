import type { Exchange } from '../exchange.ts'
import { bucketLine } from './bucket-cookie.ts'

/** Fields of an answer about who gave it; and the cookie for a client that has just been put in a bucket. */
export function laneLines(exchange: Exchange): string {
  const { entry, lane, releaseNumber, client, dealt } = exchange
  if (entry === undefined) return ''
  let lines = ''
  if (client.plane.tellRelease && releaseNumber !== undefined) {
    lines = `x-hotlane-release: ${releaseNumber}\r\n`
    if (entry.lanes.length > 1 && lane !== undefined) lines += `x-hotlane-lane: ${lane.name}\r\n`
  }
  if (dealt !== undefined && entry.split?.sticky.kind === 'cookie')
    lines += bucketLine(dealt, entry.route.path, exchange)
  return lines
}
