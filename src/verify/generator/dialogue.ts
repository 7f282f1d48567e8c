import type { LoadMessages } from '../../model/verify.ts'

/** What was sent over one WebSocket and what came back. Knows no socket and no clock. */
export class Dialogue {
  readonly #messages: LoadMessages
  /** Sent and not answered, the oldest first. */
  readonly #waiting: { readonly text: string; readonly since: number }[] = []
  #sent = 0
  #answered = 0

  constructor(messages: LoadMessages) {
    this.#messages = messages
  }

  get sent(): number {
    return this.#sent
  }

  get answered(): number {
    return this.#answered
  }

  /** When the oldest message that still needs an answer was sent; undefined where none does. */
  get waitingSince(): number | undefined {
    return this.#waiting[0]?.since
  }

  /** The next message to send, sent `now`. */
  next(now: number): string {
    const text = this.#messages.text.replaceAll('{n}', String(this.#sent++))
    if (this.#messages.expect !== 'nothing') this.#waiting.push({ text, since: now })
    return text
  }

  /**
   * Takes a message of the server; false where it shows that an earlier one of ours was passed over. For an echo, what is none
   * of ours is the server's own; for an answer, so is what comes while nothing waits.
   */
  take(text: string): boolean {
    const [oldest] = this.#waiting
    if (oldest === undefined) return true
    if (this.#messages.expect === 'answer' || oldest.text === text) {
      this.#waiting.shift()
      this.#answered++
      return true
    }
    return !this.#waiting.some((each) => each.text === text)
  }
}
