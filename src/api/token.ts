import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'

/** 32 random bytes in hex, or as much as a user's own token should hold. */
const leastLength = 32

/** The token in a file. @throws HotlaneError HL7009 */
export async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new HotlaneError('HL7009', { params: { file, reason: errnoOf(cause) ?? String(cause) }, cause })
  })
  const token = text.trim()
  if (token.length >= leastLength && /^[\w.~+/=-]+$/.test(token)) return token
  const reason = `it should hold one word of ${leastLength} characters or more`
  throw new HotlaneError('HL7009', { params: { file, reason } })
}

/** The token in a file; where there is none, one of 32 random bytes is written first, for this user only. @throws HotlaneError HL7009 */
export async function ensureToken(file: string): Promise<string> {
  const fresh = `${file}.${randomUUID()}`
  await writeFile(fresh, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    // Linked with its content, so that nobody reads an empty one; a token that is there stays.
    await link(fresh, file)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(fresh, { force: true })
  }
  return readToken(file)
}

/** Whether a request bears the token (RFC 6750, section 2.1), in a time that tells nothing about it. */
export function bears(request: IncomingMessage, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  return timingSafeEqual(digest(given), digest(token))
}

/** Of equal length, which the comparison needs. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
