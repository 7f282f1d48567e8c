import { setTimeout as pause } from 'node:timers/promises'
import type { ApiClient } from '../../api/client.ts'
import type { Event } from '../../model/event.ts'

/** Pause before a session that is away is looked for again, in ms. */
const againMs = 500

/**
 * Events of a session, for who looks again whenever something has happened. A session that ends is waited for: another may
 * take its place and go on with what it did.
 */
export class Feed implements Disposable {
  readonly #waiting = new Set<() => void>()
  readonly #ended = new AbortController()

  /** Resolves when no later event is missed. */
  static async open(client: ApiClient, take: (event: Event) => void): Promise<Feed> {
    const feed = new Feed()
    const first = await client.subscribe(feed.#ended.signal)
    void feed.#follow(first, client, take)
    return feed
  }

  /** Resolves at the next event, or after the time, or at the signal. */
  change(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
      if (signal.aborted) wake()
    })
  }

  [Symbol.dispose](): void {
    this.#ended.abort()
  }

  async #follow(first: AsyncGenerator<Event>, client: ApiClient, take: (event: Event) => void): Promise<void> {
    const { signal } = this.#ended
    const listen = async (events: AsyncGenerator<Event>): Promise<void> => {
      for await (const event of events) {
        take(event)
        this.#wake()
      }
    }
    // Who looks again is told why nothing can be seen; here it is enough to try again.
    await listen(first).catch(() => undefined)
    while (!signal.aborted) {
      this.#wake()
      await pause(againMs, undefined, { signal }).catch(() => undefined)
      await client
        .subscribe(signal)
        .then(listen)
        .catch(() => undefined)
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
  }
}
