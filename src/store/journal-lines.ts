import { crc32 } from 'node:zlib'

/** What every record has, whoever writes it. */
export interface StoredRecord {
  /** Rises by one from record to record. */
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly service: string
  readonly kind: string
}

export interface JournalHeader {
  readonly journal: 'hotlane'
  readonly schema: number
}

/** What the bytes of a journal come to. */
export interface Scan {
  /** Absent in a file that has no whole line yet. */
  readonly header?: JournalHeader
  readonly records: readonly StoredRecord[]
  /** Bytes up to the end of the last good line; what follows is a record that was cut in the middle of its write. */
  readonly goodBytes: number
  /** First line, counted from 1, that is not what was written, though others follow it; and what is wrong with it. */
  readonly corrupt?: { readonly line: number; readonly what: string }
}

/** A line is the value's JSON with its checksum in front, so that a line is only believed if all of it is there. */
export function encodeLine(value: StoredRecord | JournalHeader): string {
  const text = JSON.stringify(value)
  return `${sumOf(text)} ${text}\n`
}

/** Reads as much as can be believed. Only the last line may be torn: one write can be cut, an earlier one cannot. */
export function scanJournal(bytes: Buffer): Scan {
  const records: StoredRecord[] = []
  let header: JournalHeader | undefined
  let start = 0
  for (let line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start)
    const next = end === -1 ? bytes.length : end + 1
    const value = end === -1 ? undefined : decodeLine(bytes.toString('utf8', start, end))
    const what = line === 1 ? headerFault(value) : recordFault(value, records.at(-1))
    if (what !== undefined) {
      const scan = { ...(header === undefined ? {} : { header }), records, goodBytes: start }
      // Of a write that was cut, the line break is missing; or, after a loss of power, a block in its middle.
      const isTorn = isBlank(bytes, next) && (end === -1 || bytes.subarray(start, end).includes(0))
      return isTorn ? scan : { ...scan, corrupt: { line, what } }
    }
    if (line === 1) header = value as JournalHeader
    else records.push(value as StoredRecord)
    start = next
  }
  return { ...(header === undefined ? {} : { header }), records, goodBytes: start }
}

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}

function decodeLine(line: string): unknown {
  const text = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== sumOf(text)) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function headerFault(value: unknown): string | undefined {
  const { journal, schema } = fieldsOf(value)
  return journal === 'hotlane' && Number.isSafeInteger(schema) ? undefined : 'it is no header of a journal'
}

function recordFault(value: unknown, before: StoredRecord | undefined): string | undefined {
  if (value === undefined) return 'its checksum does not match'
  const { seq, at, service, kind } = fieldsOf(value)
  if (typeof at !== 'number' || typeof service !== 'string' || typeof kind !== 'string') return 'it is no record'
  if (!Number.isSafeInteger(seq)) return 'it has no number'
  return before === undefined || seq === before.seq + 1 ? undefined : `a record is missing before number ${String(seq)}`
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

/** File systems leave zeros where a file had grown and its content was not yet written when the machine went down. */
function isBlank(bytes: Buffer, from: number): boolean {
  for (let index = from; index < bytes.length; index++) if (bytes[index] !== 0) return false
  return true
}
