import { firstValue } from '../http1/find-field.ts'
import { allBuckets } from './bucket.ts'
import { cookieOf } from './cookies.ts'
import type { LaneRequest } from './request.ts'

const name = 'hotlane-bucket'
const forwardedProto = Buffer.from('x-forwarded-proto')

/** The bucket that a client keeps in its cookie; undefined where it has none, or none that the gateway would have set. */
export function keptBucket(request: LaneRequest): number | undefined {
  const value = cookieOf(request, name)
  if (value === undefined || !/^(0|[1-9]\d{0,3})$/.test(value)) return undefined
  return Number(value)
}

export function dealBucket(): number {
  return Math.floor(Math.random() * allBuckets)
}

/** The line that lets a client keep its bucket until it is closed, for the paths of the service only (RFC 6265 section 4.1). */
export function bucketLine(bucket: number, path: string, { outgoing }: LaneRequest): string {
  const secure = /^https\b/i.test(firstValue(outgoing, forwardedProto) ?? '') ? '; Secure' : ''
  return `Set-Cookie: ${name}=${bucket}; Path=${cookiePath(path)}; HttpOnly; SameSite=Lax${secure}\r\n`
}

/** A path with a slash at its end would not match itself without; one that cannot be told (RFC 6265 section 4.1.1) is not. */
function cookiePath(route: string): string {
  const path = route.replace(/\/+$/, '')
  return path === '' || !/^[ -:<-~]+$/.test(path) ? '/' : path
}
