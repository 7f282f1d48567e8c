/** An async iterable that is fed by pushes; ends by `end`, fails by `fail`. One consumer. */
export class Queue<T> implements AsyncIterableIterator<T> {
  readonly #items: T[] = []
  #waiting: { resolve: (result: IteratorResult<T>) => void; reject: (error: unknown) => void } | undefined
  #ended: { readonly error?: unknown } | undefined

  push(item: T): void {
    if (this.#ended !== undefined) return
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#items.push(item)
    else waiting.resolve({ value: item, done: false })
  }

  end(): void {
    this.#finish({})
  }

  fail(error: unknown): void {
    this.#finish({ error })
  }

  next(): Promise<IteratorResult<T>> {
    const item = this.#items.shift()
    if (item !== undefined) return Promise.resolve({ value: item, done: false })
    if (this.#ended !== undefined) {
      if ('error' in this.#ended) return Promise.reject(this.#ended.error)
      return Promise.resolve({ value: undefined, done: true })
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  return(): Promise<IteratorResult<T>> {
    this.end()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #finish(ended: { readonly error?: unknown }): void {
    if (this.#ended !== undefined) return
    this.#ended = ended
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) return
    if ('error' in ended) waiting.reject(ended.error)
    else waiting.resolve({ value: undefined, done: true })
  }
}
