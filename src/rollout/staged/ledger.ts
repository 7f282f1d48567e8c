import { type OpenedJournal, type Unnumbered, openJournal } from '../../store/journal.ts'
import type { JournalFiles } from '../../store/journal-file.ts'
import type { StoredRecord } from '../../store/journal-lines.ts'
import { HotlaneError } from '../../support/errors.ts'
import { apply } from './apply.ts'
import { type JournalRecord, type RecordBody, isRecordKind } from './records.ts'
import { type ServiceState, emptyState } from './state.ts'

/** A journal that has grown beyond this is written anew when it is opened. */
const compactBeyondBytes = 1024 * 1024

export interface LedgerOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly compactBeyondBytes?: number
  readonly files?: JournalFiles
}

/** What the journal says of every service, and the one way to change it: write first, then know. */
export class Ledger {
  /** Bytes of a torn last record that were cut off when it was opened; 0 in a whole journal. */
  readonly cutBytes: number
  readonly #journal: OpenedJournal['journal']
  readonly #now: () => number
  readonly #states = new Map<string, ServiceState>()

  constructor(opened: OpenedJournal, now: () => number) {
    this.cutBytes = opened.cutBytes
    this.#journal = opened.journal
    this.#now = now
    for (const record of opened.records) this.#know(record as JournalRecord)
  }

  /** Services of which anything was ever written. */
  get services(): readonly string[] {
    return [...this.#states.keys()]
  }

  /** Ids of all instances that are known; one that runs and is not among them is nobody's. */
  get instances(): ReadonlySet<string> {
    return new Set(Array.from(this.#states.values(), ({ instances }) => instances.map(({ id }) => id)).flat())
  }

  /** The same object for as long as nothing is written of the service. */
  state(service: string): ServiceState {
    const known = this.#states.get(service)
    if (known !== undefined) return known
    const empty = emptyState(service)
    this.#states.set(service, empty)
    return empty
  }

  /**
   * Returns the new state when it is durable. Synchronous, so nothing comes between a decision and its record.
   * @throws HotlaneError HL6112; the state has not moved then
   */
  commit(service: string, body: RecordBody, rollout?: number): ServiceState {
    const id = rollout ?? this.state(service).rollout?.id ?? 0
    const record = this.#journal.append({ at: this.#now(), service, rollout: id, ...body })
    return this.#know(record)
  }

  /** Rises over all services. */
  nextRollout(): number {
    return 1 + Math.max(0, ...Array.from(this.#states.values(), ({ rollouts }) => rollouts))
  }

  close(): void {
    this.#journal.close()
  }

  #know(record: JournalRecord): ServiceState {
    const next = apply(this.state(record.service), record)
    this.#states.set(record.service, next)
    return next
  }
}

/** @throws HotlaneError HL6110, HL6111, HL6112 as `openJournal`; HL6110 for a kind of record that nobody writes */
export function openLedger(file: string, options: LedgerOptions): Ledger {
  const { now, files } = options
  const opened = openJournal(file, {
    compactBeyondBytes: options.compactBeyondBytes ?? compactBeyondBytes,
    compact: (records) => snapshots(checked(file, records), now()),
    ...(files === undefined ? {} : { files }),
  })
  checked(file, opened.records)
  return new Ledger(opened, now)
}

function checked(file: string, records: readonly StoredRecord[]): readonly JournalRecord[] {
  for (const [index, { kind }] of records.entries()) {
    if (!isRecordKind(kind))
      throw new HotlaneError('HL6110', { params: { file, line: index + 2, what: `its kind "${kind}" is not known` } })
  }
  return records as readonly JournalRecord[]
}

function snapshots(records: readonly JournalRecord[], at: number): readonly Unnumbered[] {
  const states = new Map<string, ServiceState>()
  for (const record of records)
    states.set(record.service, apply(states.get(record.service) ?? emptyState(record.service), record))
  return Array.from(states, ([service, state]) => ({ at, service, rollout: 0, kind: 'snapshot', state }))
}
