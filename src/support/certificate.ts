import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

import { errnoOf } from './files.ts'

/** A certificate (with those between it and its root behind it) and its private key, both in PEM. */
export interface CertificatePair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** Reads a file as `readFileSync` does. */
export type ReadFile = (file: string) => Buffer

export interface PairFiles {
  readonly cert: string
  readonly key: string
}

/** Why a pair cannot be used: which of its files is at fault, and one sentence without the final stop. */
export interface PairFault {
  readonly part: 'cert' | 'key'
  readonly reason: string
}

/** `from` and `until`: the certificate is valid between them. */
export type PairResult =
  | { readonly pair: CertificatePair; readonly from: Date; readonly until: Date }
  | { readonly fault: PairFault }

/** Reads and checks a certificate and its key: both readable, made for each other, not expired at `now`. Never throws. */
export function readPair(files: PairFiles, read: ReadFile, now: Date): PairResult {
  const contents: Buffer[] = []
  for (const part of ['cert', 'key'] as const) {
    try {
      contents.push(read(files[part]))
    } catch (error) {
      return { fault: { part, reason: unreadable(error) } }
    }
  }
  const [cert = Buffer.alloc(0), key = Buffer.alloc(0)] = contents
  return checkPair({ cert, key }, now)
}

/** The same for contents that are there already. */
export function checkPair(pair: CertificatePair, now: Date): PairResult {
  let from: Date
  let until: Date
  try {
    const certificate = new X509Certificate(pair.cert)
    from = new Date(certificate.validFrom)
    until = new Date(certificate.validTo)
  } catch {
    return { fault: { part: 'cert', reason: 'it holds no certificate in PEM' } }
  }
  if (until <= now) return { fault: { part: 'cert', reason: `it expired on ${until.toISOString().slice(0, 10)}` } }
  try {
    createSecureContext({ cert: pair.cert, key: pair.key })
  } catch (error) {
    return { fault: { part: 'key', reason: keyReason(error) } }
  }
  return { pair, from, until }
}

function unreadable(error: unknown): string {
  const errno = errnoOf(error)
  if (errno === 'ENOENT') return 'it does not exist'
  if (errno === 'EACCES') return 'it may not be read'
  return error instanceof Error ? error.message : String(error)
}

function keyReason(error: unknown): string {
  const code = errnoOf(error) ?? ''
  if (code.includes('MISMATCH')) return 'it is not the key of the certificate'
  if (/interrupted|bad_password|bad_decrypt|password/i.test(`${code} ${String(error)}`))
    return 'it is encrypted, and there is nobody to ask for its password'
  return 'it holds no private key in PEM that fits the certificate'
}
