import { appendFile } from 'node:fs/promises'

import { HotlaneError } from '../../support/errors.ts'
import type { AccessLog, AccessRecord } from '../access-log.ts'

export interface AccessFileSettings {
  /** Absolute. */
  readonly file: string
  /** Share of requests that are told, 0 to 1. */
  readonly sample: number
}

/** What is told of a request goes to the file together with all that comes within this time. */
const gatherMs = 200

/** Octets that wait at most while the disk is slow; what comes then is dropped. */
const waitingLimit = 4 * 1024 * 1024

/**
 * An access log as a file of JSON objects, one a line, to which any number of processes add whole lines. It is opened anew
 * for each piece, so that one that was moved away is begun anew. A log that cannot be written delays no request.
 */
export class AccessFile implements AccessLog {
  readonly sample: number
  readonly #file: string
  readonly #failed: (error: HotlaneError) => void
  #lines: string[] = []
  #waiting = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #broken = false

  /** `failed` is told once, until it can be written again. */
  constructor({ file, sample }: AccessFileSettings, failed: (error: HotlaneError) => void) {
    this.#file = file
    this.sample = sample
    this.#failed = failed
  }

  write(record: AccessRecord): void {
    const line = `${JSON.stringify({ ...record, at: new Date(record.at).toISOString() })}\n`
    if (this.#waiting + line.length > waitingLimit) return
    this.#lines.push(line)
    this.#waiting += line.length
    if (this.#writing === undefined) this.#timer ??= setTimeout(() => this.#flush(), gatherMs).unref()
  }

  /** Resolves when all that was told has been written, or cannot be. */
  async close(): Promise<void> {
    await this.#writing
    this.#flush()
    await this.#writing
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lines.length === 0) return
    const text = this.#lines.join('')
    this.#lines = []
    this.#waiting = 0
    this.#writing = this.#append(text).finally(() => {
      this.#writing = undefined
      if (this.#lines.length > 0) this.#timer ??= setTimeout(() => this.#flush(), gatherMs).unref()
    })
  }

  async #append(text: string): Promise<void> {
    try {
      await appendFile(this.#file, text, { mode: 0o600 })
      this.#broken = false
    } catch (cause) {
      if (this.#broken) return
      this.#broken = true
      const reason = cause instanceof Error ? cause.message : String(cause)
      this.#failed(new HotlaneError('HL5006', { params: { file: this.#file, reason }, cause }))
    }
  }
}
