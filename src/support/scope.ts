/**
 * Owner of resources: what is deferred is closed in reverse order, once, and every closer runs even if an earlier one
 * throws. The first failure is the cause that `close` reports.
 */
export class Scope implements AsyncDisposable {
  readonly #closers: (() => unknown)[] = []
  #closing: Promise<void> | undefined
  readonly #controller = new AbortController()

  /** Aborted as soon as the scope begins to close. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Adds a closer; on a closed scope it runs at once, so that nothing can leak in a race. */
  defer(closer: () => unknown): void {
    if (this.#closing !== undefined) {
      this.#closing = this.#closing.then(async () => void (await closer()))
      return
    }
    this.#closers.push(closer)
  }

  /** Adds a disposable resource and returns it. */
  own<T extends AsyncDisposable>(resource: T): T {
    this.defer(() => resource[Symbol.asyncDispose]())
    return resource
  }

  close(reason?: unknown): Promise<void> {
    this.#closing ??= this.#run(reason)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(reason: unknown): Promise<void> {
    this.#controller.abort(reason)
    let failure: { readonly cause: unknown } | undefined
    for (let closer = this.#closers.pop(); closer !== undefined; closer = this.#closers.pop()) {
      try {
        await closer()
      } catch (cause) {
        failure ??= { cause }
      }
    }
    if (failure !== undefined) throw failure.cause
  }
}

/** Opens something in a scope of its own, which is closed again where that fails, and else belongs to what was opened. */
export async function openInScope<T>(open: (scope: Scope) => Promise<T>): Promise<T> {
  const scope = new Scope()
  try {
    return await open(scope)
  } catch (error) {
    await scope.close()
    throw error
  }
}
