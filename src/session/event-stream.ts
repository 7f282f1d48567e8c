import type { Emit, Event, EventBody } from '../model/event.ts'
import { Hub } from '../support/hub.ts'

/** Numbers events and tells them to all subscribers. Nothing waits for it. */
export class EventStream {
  readonly #hub = new Hub<Event>()
  #seq = 0

  readonly emit: Emit = (body: EventBody): void => {
    this.#hub.tell({ ...body, seq: ++this.#seq, at: new Date().toISOString() })
  }

  subscribe(subscriber: (event: Event) => void): () => void {
    return this.#hub.subscribe(subscriber)
  }
}
