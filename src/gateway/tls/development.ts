import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { TlsFiles } from '../../model/service.ts'
import { readPair } from '../../support/certificate.ts'
import { errnoOf } from '../../support/files.ts'
import { selfSigned } from './self-signed.ts'

/** Apple's systems take no certificate for more than 825 days, and browsers like them shorter. */
const validDays = 397
/** One that is about to expire is made anew at a start, and not in the middle of a day's work. */
const reserveMs = 7 * 24 * 3_600_000

/**
 * Makes a certificate for this machine, unless there is one that can be used for a while. Both files have to be in one
 * directory, which holds nothing else: it comes to be as a whole, so that of several processes all find the same pair.
 * Returns whether it was made.
 */
export async function makeDevelopmentCertificate(files: TlsFiles): Promise<boolean> {
  const later = new Date(Date.now() + reserveMs)
  if ('pair' in readPair(files, readFileSync, later)) return false
  const directory = path.dirname(files.cert)
  const mark = `${directory}.${process.pid}.${randomBytes(4).toString('hex')}`
  const made = selfSigned(new Date(), validDays)
  await mkdir(mark, { recursive: true, mode: 0o700 })
  await writeFile(path.join(mark, path.basename(files.cert)), made.cert)
  await writeFile(path.join(mark, path.basename(files.key)), made.key, { mode: 0o600 })
  await rename(mark, directory).catch(async (error: unknown) => {
    passOver(['ENOTEMPTY', 'EEXIST', 'EPERM'], error)
    if ('pair' in readPair(files, readFileSync, later)) return
    await rename(directory, `${mark}.old`)
    await rename(mark, directory)
  })
  await Promise.all([mark, `${mark}.old`].map((each) => rm(each, { recursive: true, force: true })))
  return true
}

function passOver(codes: readonly string[], error: unknown): void {
  if (!codes.includes(errnoOf(error) ?? '')) throw error
}
