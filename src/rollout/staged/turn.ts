import { HotlaneError } from '../../support/errors.ts'

/** One deploy of a service at a time: others are refused, or wait in the order of their coming. */
export class Turn {
  readonly #service: string
  readonly #waiting: (() => void)[] = []
  /** What has the turn, for people. */
  #taken: string | undefined

  constructor(service: string) {
    this.#service = service
  }

  /**
   * Resolves when it is this deploy's turn. `underWay` says what goes on besides deploys that took a turn here.
   * @throws HotlaneError HL6101 if another has it and `queue` is not set, or the signal's reason
   */
  async take(
    underWay: () => string | undefined,
    options: { readonly queue: boolean; readonly signal: AbortSignal },
  ): Promise<void> {
    options.signal.throwIfAborted()
    const what = this.#taken ?? underWay()
    if (what === undefined) {
      this.#taken = 'its release is being made'
      return
    }
    if (!options.queue) throw new HotlaneError('HL6101', { params: { service: this.#service, what } })
    await this.#wait(options.signal)
  }

  give(): void {
    this.#taken = undefined
  }

  /** Lets the next in, where nobody has the turn. To be called whenever a rollout may be over. */
  admit(): void {
    if (this.#taken !== undefined) return
    const next = this.#waiting.shift()
    if (next === undefined) return
    this.#taken = 'its release is being made'
    next()
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(signal.reason as Error)
      }
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(enter)
    })
  }
}
