/** Tells every subscriber every item, in order. A subscriber that throws is dropped and harms nobody else. */
export class Hub<T> {
  readonly #subscribers = new Set<(item: T) => void>()

  /** Returns the way to unsubscribe. */
  subscribe(subscriber: (item: T) => void): () => void {
    const own = (item: T): void => subscriber(item)
    this.#subscribers.add(own)
    return () => void this.#subscribers.delete(own)
  }

  tell(item: T): void {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(item)
      } catch {
        this.#subscribers.delete(subscriber)
      }
    }
  }
}
