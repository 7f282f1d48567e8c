import { createHmac, timingSafeEqual } from 'node:crypto'

const encode = (bytes) => Buffer.from(bytes).toString('base64url')

function macOf(secret, claim) {
  return createHmac('sha256', secret).update(claim).digest()
}

/** A token for a user: name, end of validity in Unix seconds, and HMAC-SHA-256 (RFC 2104) of both. */
export function sign(secret, user, until) {
  const claim = `${encode(user)}.${until}`
  return `${claim}.${encode(macOf(secret, claim))}`
}

/** The user of a token, or undefined where it is not one of ours or is too old. */
export function check(secret, token, now) {
  const [name, until, mac, more] = token.split('.')
  if (mac === undefined || more !== undefined) return undefined
  const told = Buffer.from(mac, 'base64url')
  const right = macOf(secret, `${name}.${until}`)
  if (told.length !== right.length || !timingSafeEqual(told, right) || now >= Number(until)) return undefined
  return Buffer.from(name, 'base64url').toString('utf8')
}
