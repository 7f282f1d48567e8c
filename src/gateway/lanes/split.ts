import type { Split, StickyKey } from '../../model/table.ts'
import { firstValue } from '../http1/find-field.ts'
import { bucketOf, seedOf, shuffleOf } from './bucket.ts'
import { dealBucket, keptBucket } from './bucket-cookie.ts'
import { clientAddress } from './client-address.ts'
import type { LaneRequest } from './request.ts'

export interface SplitContext {
  readonly service: string
  /** Whether a proxy's word about the hop before it is believed. */
  readonly trusts: (address: string) => boolean
}

/**
 * Says which lane's share a request falls in; undefined: in none. Shares lie one behind the other from the first bucket on,
 * so that a share that grows takes buckets that were in none and gives none back; of several only the last one can grow
 * without moving clients between the others.
 */
export function compileSplit(split: Split, context: SplitContext): (request: LaneRequest) => string | undefined {
  let end = 0
  const shares = split.shares.map(({ lane, basisPoints }) => ({ lane, end: (end += basisPoints) }))
  const bucket = compileKey(split.sticky, seedOf(`${context.service}\n${split.salt ?? ''}`), context.trusts)
  return (request) => {
    const place = bucket(request)
    for (const share of shares) if (place < share.end) return share.lane
    return undefined
  }
}

function compileKey(
  sticky: StickyKey,
  seed: number,
  trusts: (address: string) => boolean,
): (request: LaneRequest) => number {
  switch (sticky.kind) {
    case 'cookie': {
      const shuffle = shuffleOf(seed)
      return (request) => shuffle(keptBucket(request) ?? (request.dealt ??= dealBucket()))
    }
    case 'header': {
      const name = Buffer.from(sticky.name.toLowerCase())
      return (request) => bucketOf(firstValue(request.outgoing, name) ?? clientAddress(request, trusts), seed)
    }
    case 'address':
      return (request) => bucketOf(clientAddress(request, trusts), seed)
    case 'request':
      return (request) => (request.dealt ??= dealBucket())
  }
}
