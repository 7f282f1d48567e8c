import type { LaneReading } from '../../gateway/data-plane.ts'
import { stableLane } from '../../model/table.ts'
import type { JudgeWindow, Pair, RolloutContext, Span } from './context.ts'
import type { RolloutState } from './state.ts'

type Readings = readonly LaneReading[]

/** What was read of a service's lanes at the moments that matter. Kept in memory: after a crash, windows begin anew. */
export class Figures {
  readonly #context: Pick<RolloutContext, 'plane' | 'service' | 'clock'>
  /** When the last rollout was over: since then all figures are those of one release. */
  #settled: Readings | undefined
  #began: Readings | undefined
  #promoted: Readings | undefined
  #window: { readonly key: string; readonly at: number; readonly readings: Readings } | undefined

  constructor(context: Pick<RolloutContext, 'plane' | 'service' | 'clock'>) {
    this.#context = context
  }

  async settle(): Promise<void> {
    this.#settled = await this.#read()
  }

  async begin(): Promise<void> {
    this.#began = await this.#read()
    this.#promoted = undefined
  }

  async promote(): Promise<void> {
    this.#promoted = await this.#read()
  }

  /** Begins a window where the share of the new release has changed, and only then. */
  async follow(rollout: RolloutState | undefined): Promise<void> {
    if (rollout === undefined) return
    const key = `${rollout.id} ${rollout.phase === 'baking' ? 'bake' : rollout.basisPoints}`
    if (this.#window?.key === key) return
    this.#window = { key, at: this.#context.clock.now(), readings: await this.#read() }
  }

  async window(rollout: RolloutState, pair: Pair): Promise<JudgeWindow> {
    const now = await this.#read()
    const from = this.#window?.readings ?? now
    const ms = this.#context.clock.now() - (this.#window?.at ?? this.#context.clock.now())
    const isBake = rollout.phase === 'baking'
    const candidate = span(from, now, isBake ? stableLane : rollout.lane)
    const baseline = isBake ? this.#beforeSwitch() : span(from, now, stableLane)
    return {
      pair,
      kind: isBake ? 'bake' : 'step',
      ms,
      ...(candidate === undefined ? {} : { candidate }),
      ...(baseline === undefined || rollout.from === undefined ? {} : { baseline }),
    }
  }

  /** All that the report is made of. */
  async whole(lane: string): Promise<{
    readonly all: Span[]
    readonly before: Span | undefined
    readonly during: Span | undefined
    readonly after: Span | undefined
  }> {
    const now = await this.#read()
    const began = this.#began ?? []
    const all = now.map((to) => spanOf(began, to))
    return {
      all,
      before: span(this.#settled ?? [], this.#began ?? now, stableLane),
      during: span(began, this.#promoted ?? now, lane),
      after: this.#promoted === undefined ? undefined : span(this.#promoted, now, stableLane),
    }
  }

  /** The last figures of the old release, since its own rollout was over. */
  #beforeSwitch(): Span | undefined {
    return this.#promoted === undefined ? undefined : span(this.#settled ?? [], this.#promoted, stableLane)
  }

  async #read(): Promise<Readings> {
    const readings = await this.#context.plane.read()
    return readings.filter(({ service }) => service === this.#context.service)
  }
}

function span(from: Readings, to: Readings, lane: string): Span | undefined {
  const reading = to.find((each) => each.lane === lane)
  return reading === undefined ? undefined : spanOf(from, reading)
}

function spanOf(from: Readings, to: LaneReading): Span {
  const before = from.find(({ lane }) => lane === to.lane)
  return before === undefined ? { to } : { from: before, to }
}
