import { readFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'

import type { TlsFiles } from '../../model/service.ts'
import { type CertificatePair, checkPair, type PairFault, readPair } from '../../support/certificate.ts'
import { HotlaneError } from '../../support/errors.ts'

/** How often the files are looked at. Their system tells no changes that hold for links, mounts and network drives alike. */
const lookMs = 1000

/** How long before its end a certificate should have been renewed. */
const warnMs = 14 * 24 * 3_600_000

/** What became of a certificate, of which one of these is told. */
export interface CertificateNews {
  readonly files: TlsFiles
  /** A development certificate was made. */
  readonly made?: true
  /** A changed one is used from now on, and expires then. */
  readonly until?: Date
  /** The one in use expires then, which is soon. */
  readonly ending?: Date
  /** Why a changed one is not used. */
  readonly error?: HotlaneError
}

export interface CertificateUses {
  /** For connections that begin from now on; those that are open keep theirs. */
  readonly renewed: (pair: CertificatePair) => void
  readonly told: (news: CertificateNews) => void
}

/** The certificate of a listener, as its files have it. */
export class Certificate implements Disposable {
  readonly #files: TlsFiles
  readonly #uses: CertificateUses
  readonly #timer: NodeJS.Timeout
  #pair: CertificatePair
  #until: Date
  /** When it is told that it expires; undefined where that has been told. */
  #warnAt: number | undefined
  #stamp = ''
  /** What was wrong at the look before: files are written one after the other, so a fault counts when it is still there. */
  #suspect: CertificatePair | string | undefined
  #looking = false

  /** @throws HotlaneError HL1009 */
  constructor(files: TlsFiles, uses: CertificateUses) {
    const result = readPair(files, readFileSync, new Date())
    if ('fault' in result) throw unusable(files, result.fault)
    this.#files = files
    this.#uses = uses
    this.#pair = result.pair
    this.#until = result.until
    this.#warnAt = warningOf(result)
    this.#timer = setInterval(() => void this.#look(), lookMs).unref()
  }

  get pair(): CertificatePair {
    return this.#pair
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    this.#warn()
    try {
      const stamp = await this.#stampNow()
      if (stamp === this.#stamp && this.#suspect === undefined) return
      this.#stamp = stamp
      this.#take({ cert: await readFile(this.#files.cert), key: await readFile(this.#files.key) })
    } catch (error) {
      this.#doubt(String(error), { part: 'cert', reason: error instanceof Error ? error.message : String(error) })
    } finally {
      this.#looking = false
    }
  }

  #take(pair: CertificatePair): void {
    if (same(pair, this.#pair)) {
      this.#suspect = undefined
      return
    }
    const result = checkPair(pair, new Date())
    if ('fault' in result) return this.#doubt(pair, result.fault)
    this.#suspect = undefined
    this.#pair = pair
    this.#until = result.until
    this.#warnAt = warningOf(result)
    this.#uses.renewed(pair)
    this.#uses.told({ files: this.#files, until: result.until })
  }

  #warn(): void {
    if (this.#warnAt === undefined || Date.now() < this.#warnAt) return
    this.#warnAt = undefined
    this.#uses.told({ files: this.#files, ending: this.#until })
  }

  #doubt(found: CertificatePair | string, fault: PairFault): void {
    const before = this.#suspect
    const again = typeof found === 'string' ? found === before : typeof before === 'object' && same(found, before)
    // Told once: the next look reads the files again only when they have changed.
    this.#suspect = again ? undefined : found
    if (again) this.#uses.told({ files: this.#files, error: unusable(this.#files, fault) })
  }

  async #stampNow(): Promise<string> {
    const stamps = [this.#files.cert, this.#files.key].map(async (file) => {
      const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
      return [dev, ino, size, mtimeNs, ctimeNs].join()
    })
    return (await Promise.allSettled(stamps)).map((one) => (one.status === 'fulfilled' ? one.value : '')).join(' ')
  }
}

/** Two weeks before the end, but not in the first two thirds of a life that is shorter. */
function warningOf({ from, until }: { readonly from: Date; readonly until: Date }): number {
  return until.getTime() - Math.min(warnMs, (until.getTime() - from.getTime()) / 3)
}

function same(one: CertificatePair, other: CertificatePair): boolean {
  return one.cert.equals(other.cert) && one.key.equals(other.key)
}

function unusable(files: TlsFiles, { part, reason }: PairFault): HotlaneError {
  return new HotlaneError('HL1009', { params: { file: files[part], reason } })
}
