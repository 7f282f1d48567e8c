import type { RecordedRequest, RecordSettings } from '../../model/recorded.ts'
import type { RoutingTable } from '../../model/table.ts'
import type { Exchange } from '../exchange.ts'
import { keptFields } from './kept-fields.ts'
import { targetShape } from './target-shape.ts'
import { isSafeTarget } from './safe-target.ts'

/** A shape that is kept already is looked at again after so many milliseconds, so that a hot path costs little. */
const refreshMs = 10_000

interface Kept {
  readonly request: RecordedRequest
  readonly at: number
}

interface Recording {
  readonly settings: RecordSettings
  /** By shape, the one that was refreshed last at the end. */
  readonly byShape: Map<string, Kept>
}

/**
 * Keeps safe requests of the services whose table entries ask for it: one per shape, so that a hot path does not displace the
 * others; with too many shapes, those of which nothing was heard for longest go. Only in memory.
 */
export class Recorder {
  readonly #recordings = new Map<string, Recording>()

  /** What was kept under other settings, or is not to be kept any more, is forgotten. */
  install({ entries }: RoutingTable): void {
    const wanted = new Map(entries.flatMap(({ service, record }) => (record === undefined ? [] : [[service, record]])))
    for (const [service, { settings }] of this.#recordings)
      if (JSON.stringify(wanted.get(service)) !== JSON.stringify(settings)) this.#recordings.delete(service)
    for (const [service, settings] of wanted)
      if (!this.#recordings.has(service)) this.#recordings.set(service, { settings, byShape: new Map() })
  }

  /** To be called for a request that is over, of an entry that records. */
  look(exchange: Exchange): void {
    const { entry, method, target } = exchange
    const recording = entry === undefined ? undefined : this.#recordings.get(entry.service)
    if (recording === undefined || (method !== 'GET' && method !== 'HEAD') || !isAnsweredByStable(exchange)) return
    const { byShape, settings } = recording
    const shape = `${method} ${targetShape(target)}`
    const now = performance.now()
    const known = byShape.get(shape)
    if (known !== undefined && now - known.at < refreshMs) return
    if (!isSafeTarget(target, settings)) return
    byShape.delete(shape)
    const request = { method, target, fields: keptFields(exchange.outgoing, settings) } as const
    byShape.set(shape, { request, at: now })
    for (const oldest of byShape.keys()) {
      if (byShape.size <= settings.requests) break
      byShape.delete(oldest)
    }
  }

  recorded(service: string): readonly RecordedRequest[] {
    return [...(this.#recordings.get(service)?.byShape.values() ?? [])].map(({ request }) => request)
  }
}

function isAnsweredByStable({ complete, entry, lane, repeatable, status, streamed }: Exchange): boolean {
  // A request with a body is not repeatable, nor is one that asks for another protocol.
  const asked = repeatable && !streamed && complete && status >= 200 && status < 400
  return asked && lane !== undefined && lane.name === entry?.lanes[0].name
}
