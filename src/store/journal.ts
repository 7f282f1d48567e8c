import { HotlaneError } from '../support/errors.ts'
import { type GrowingFile, type JournalFiles, journalFiles } from './journal-file.ts'
import { type StoredRecord, encodeLine, scanJournal } from './journal-lines.ts'

/** The shape of records that this hotlane writes. Any change of it needs a higher number and a migration. */
export const journalSchema = 1

/** From the schema of its index to the next: one record in, one record out. */
export type Migrations = Readonly<Record<number, (record: StoredRecord) => StoredRecord>>

export interface JournalOptions {
  /** A longer file is written anew when it is opened. */
  readonly compactBeyondBytes: number
  /** What all records come to, as the contents of fewer records. */
  readonly compact: (records: readonly StoredRecord[]) => readonly Unnumbered[]
  readonly files?: JournalFiles
  readonly schema?: number
  readonly migrations?: Migrations
}

/** A record before it has its place. */
export type Unnumbered = Omit<StoredRecord, 'seq'> & Readonly<Record<string, unknown>>

export interface OpenedJournal {
  readonly journal: Journal
  readonly records: readonly StoredRecord[]
  /** Bytes of a torn last record that were cut off. */
  readonly cutBytes: number
}

/** Append-only record of decisions, as lines of JSON: the truth after a crash. One process writes it. */
export class Journal {
  readonly #file: GrowingFile
  readonly #path: string
  #length: number
  #seq: number
  /** A write failed, and what it left could not be cut off yet. */
  #isTorn = false

  constructor(opened: {
    readonly file: GrowingFile
    readonly path: string
    readonly length: number
    readonly seq: number
  }) {
    this.#file = opened.file
    this.#path = opened.path
    this.#length = opened.length
    this.#seq = opened.seq
  }

  /**
   * Returns the record when it is durable. Where it throws, the file is as before: what a failed write left is cut off at
   * once, or before the next one.
   * @throws HotlaneError HL6112
   */
  append<T extends Unnumbered>(content: T): T & { readonly seq: number } {
    const record = { seq: this.#seq + 1, ...content }
    const bytes = Buffer.from(encodeLine(record))
    try {
      if (this.#isTorn) this.#cut()
      this.#isTorn = true
      this.#file.append(bytes)
      this.#file.sync()
      this.#isTorn = false
    } catch (error) {
      this.#tryToCut()
      throw unwritable(this.#path, error)
    }
    this.#length += bytes.length
    this.#seq = record.seq
    return record
  }

  close(): void {
    this.#file.close()
  }

  #cut(): void {
    this.#file.cutTo(this.#length)
    this.#isTorn = false
  }

  #tryToCut(): void {
    try {
      this.#cut()
    } catch {
      // It is cut before the next record; a process that dies before that leaves a torn last line, which opening cuts.
    }
  }
}

/**
 * Opens the journal, or begins one. A torn last record is cut off; a file of an older schema, or one that has grown beyond
 * its size, is written anew beside the old one and takes its place.
 * @throws HotlaneError HL6110 (a line in the middle is not what was written), HL6111 (of a newer hotlane), HL6112
 */
export function openJournal(file: string, options: JournalOptions): OpenedJournal {
  const { files = journalFiles, schema = journalSchema, migrations = {} } = options
  const bytes = guarded(file, () => files.read(file))
  const scan = scanJournal(bytes)
  if (scan.corrupt !== undefined) throw new HotlaneError('HL6110', { params: { file, ...scan.corrupt } })
  const found = scan.header?.schema ?? schema
  if (found > schema) throw new HotlaneError('HL6111', { params: { file, schema: found, known: schema } })
  const cutBytes = bytes.length - scan.goodBytes
  const records = migrate(file, scan.records, { from: found, to: schema, migrations })
  const isOutdated = found < schema
  if (isOutdated || scan.goodBytes > options.compactBeyondBytes) {
    const contents = scan.goodBytes > options.compactBeyondBytes ? options.compact(records) : records
    const written = rewrite(file, contents, { files, schema, after: records.at(-1)?.seq ?? 0 })
    if (written !== undefined) return { ...written, cutBytes }
    // A full disk is no reason to stop: a long journal is as good. One that cannot be migrated must not be appended to.
    if (isOutdated) throw unwritable(file, new Error('there is no room to migrate it'))
  }
  return guarded(file, () => {
    const growing = files.open(file)
    if (cutBytes > 0) growing.cutTo(scan.goodBytes)
    let length = scan.goodBytes
    if (scan.header === undefined) length = writeLines(growing, [encodeLine({ journal: 'hotlane', schema })])
    const journal = new Journal({ file: growing, path: file, length, seq: records.at(-1)?.seq ?? 0 })
    return { journal, records, cutBytes }
  })
}

function migrate(
  file: string,
  records: readonly StoredRecord[],
  { from, to, migrations }: { readonly from: number; readonly to: number; readonly migrations: Migrations },
): readonly StoredRecord[] {
  let migrated = records
  for (let schema = from; schema < to; schema++) {
    const step = migrations[schema]
    if (step === undefined)
      throw new HotlaneError('HL6110', { params: { file, line: 1, what: `schema ${schema} is not known` } })
    migrated = migrated.map(step)
  }
  return migrated
}

/** Undefined, and everything as before, where it could not be written. */
function rewrite(
  file: string,
  contents: readonly (Unnumbered | StoredRecord)[],
  { files, schema, after }: { readonly files: JournalFiles; readonly schema: number; readonly after: number },
): Omit<OpenedJournal, 'cutBytes'> | undefined {
  const fresh = `${file}.new`
  const records = contents.map((content, index) => ({ ...content, seq: after + 1 + index }))
  try {
    files.remove(fresh)
    const growing = files.open(fresh)
    const length = writeLines(growing, [encodeLine({ journal: 'hotlane', schema }), ...records.map(encodeLine)])
    files.replace(fresh, file)
    const seq = records.at(-1)?.seq ?? after
    return { journal: new Journal({ file: growing, path: file, length, seq }), records }
  } catch {
    files.remove(fresh)
    return undefined
  }
}

function writeLines(file: GrowingFile, lines: readonly string[]): number {
  const bytes = Buffer.from(lines.join(''))
  file.append(bytes)
  file.sync()
  return bytes.length
}

function guarded<T>(file: string, use: () => T): T {
  try {
    return use()
  } catch (error) {
    throw unwritable(file, error)
  }
}

function unwritable(file: string, error: unknown): HotlaneError {
  const reason = error instanceof Error ? error.message : String(error)
  return new HotlaneError('HL6112', { params: { file, reason }, cause: error })
}
