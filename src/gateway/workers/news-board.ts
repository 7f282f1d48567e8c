import type { WorkerNews } from './news.ts'

/** Keeps the newest news of each kind and file until somebody is there to hear of it. */
export class NewsBoard {
  readonly #unheard = new Map<string, WorkerNews>()
  #listener: ((news: WorkerNews) => void) | undefined

  tell(news: WorkerNews): void {
    if (this.#listener === undefined) this.#unheard.set(subjectOf(news), news)
    else this.#listener(news)
  }

  /** From here on `listener` hears all news, and at once what nobody has heard; nobody does where it is undefined. */
  follow(listener: ((news: WorkerNews) => void) | undefined): void {
    this.#listener = listener
    if (listener === undefined) return
    for (const news of this.#unheard.values()) listener(news)
    this.#unheard.clear()
  }
}

/** All workers look at the same files once a second, and what one has seen the others see within this time. */
const echoMs = 10_000

interface Told {
  readonly at: number
  readonly tellers: Set<string>
}

/** Lets through what several workers tell of the same thing once; what one of them tells again has happened again. */
export class NewsSieve {
  readonly #told = new Map<string, Told>()

  /** `now`: of `performance.now()`. */
  passes(news: WorkerNews, teller: string, now: number): boolean {
    for (const [text, { at }] of this.#told) if (now - at >= echoMs) this.#told.delete(text)
    const text = JSON.stringify(news)
    const before = this.#told.get(text)
    if (before !== undefined && !before.tellers.has(teller)) {
      before.tellers.add(teller)
      return false
    }
    this.#told.set(text, { at: now, tellers: new Set([teller]) })
    return true
  }
}

function subjectOf({ kind, file }: WorkerNews): string {
  return `${kind} ${file}`
}
