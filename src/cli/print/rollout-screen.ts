import type { RolloutView } from '../../model/rollout.ts'
import { formatDuration } from '../../support/duration.ts'
import type { Paint } from './paint.ts'
import { rolloutFacts, waitText } from './rollout-facts.ts'
import { formatShare } from './units.ts'

/** Redrawn so often on a terminal, in ms. */
const everyMs = 200
const barWidth = 20

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

export interface ScreenOptions {
  readonly stream: Stream
  readonly paint: Paint
  /** Names that facts are aligned by. */
  readonly services: readonly string[]
}

/** Tells rollouts: a line for each fact, and on a terminal below them a bar for each rollout that goes on. */
export class RolloutScreen implements Disposable {
  readonly #options: ScreenOptions
  readonly #views = new Map<string, RolloutView>()
  readonly #doing = new Map<string, string>()
  readonly #startedMs = performance.now()
  readonly #timer: NodeJS.Timeout | undefined
  #drawn = 0

  constructor(options: ScreenOptions) {
    this.#options = options
    if (options.stream.isTTY === true) this.#timer = setInterval(() => this.#redraw([]), everyMs)
  }

  /** Time since the screen was opened, in ms. */
  get elapsedMs(): number {
    return performance.now() - this.#startedMs
  }

  show(view: RolloutView): void {
    const facts = rolloutFacts(this.#views.get(view.service), view, this.#options.paint)
    this.#doing.delete(view.service)
    this.#views.set(view.service, view)
    this.#redraw(facts.map((fact) => this.#prefix(view.service) + fact))
  }

  /** A fact that is no part of a rollout's view. */
  say(service: string, fact: string): void {
    this.#redraw(fact.split('\n').map((line) => this.#prefix(service) + line))
  }

  /** What goes on before there is a rollout. */
  doing(service: string, what: string): void {
    this.#doing.set(service, what)
    this.say(service, what)
  }

  /** The bar of a service goes away. */
  finish(service: string): void {
    this.#views.delete(service)
    this.#doing.delete(service)
    this.#redraw([])
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#views.clear()
    this.#doing.clear()
    this.#redraw([])
  }

  #redraw(facts: readonly string[]): void {
    const { stream } = this.#options
    const live = stream.isTTY === true ? this.#live() : []
    // ECMA-48: CUU to the first of the lines drawn last, then ED to the end of the screen.
    const erase = this.#drawn === 0 ? '' : `\r${this.#drawn > 1 ? `\u001B[${this.#drawn - 1}A` : ''}\u001B[J`
    const text = erase + facts.map((fact) => `${fact}\n`).join('') + live.join('\n')
    this.#drawn = live.length
    if (text !== '') stream.write(text)
  }

  #live(): readonly string[] {
    const room = (this.#options.stream.columns ?? 80) - 1
    const time = formatDuration(Math.floor(this.elapsedMs / 100) * 100)
    const lines = [...this.#doing].map(([service, what]) => `${this.#name(service)}  ${what}  ${time}`)
    for (const view of this.#views.values()) {
      const filled = Math.round((view.basisPoints / 10_000) * barWidth)
      const bar = `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`
      const waits = waitText(view, new Date())
      const what = [view.paused ? 'paused' : view.phase, ...(waits === undefined ? [] : [waits])].join(', ')
      lines.push(`${this.#name(view.service)}  ${bar} ${formatShare(view.basisPoints).padStart(5)}  ${time}  ${what}`)
    }
    return lines.map((line) => line.slice(0, room))
  }

  #prefix(service: string): string {
    const { paint } = this.#options
    return `${paint.cyan(this.#name(service))} ${paint.dim('|')} `
  }

  #name(service: string): string {
    return service.padEnd(Math.max(...this.#options.services.map((name) => name.length), 0))
  }
}
