import type { VerifyOptions } from '../../verify-options.ts'

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }

/** Redrawn at most so often, in ms. */
const everyMs = 200

/** A line on a terminal that tells how a run goes; on anything else a line for each deployment. */
export class VerifyProgress {
  readonly #stream: Stream
  readonly #spoken: boolean
  #requests = 0
  #lost = 0
  #release = ''
  #drawn = 0
  #latencies: number[] = []
  #doing = ''

  /** `spoken`: tell deployments where the stream is no terminal. */
  constructor(stream: Stream, spoken: boolean) {
    this.#stream = stream
    this.#spoken = spoken
  }

  /** Absent where there is no terminal to look at. */
  get take(): VerifyOptions['onSamples'] {
    return this.#stream.isTTY === true ? this.#take : undefined
  }

  readonly #take: NonNullable<VerifyOptions['onSamples']> = (samples, plan, { openStreams, nowMs }) => {
    for (const { step, outcome, release, latencyMs } of samples) {
      const { kind, slow } = plan.steps[step] ?? {}
      if (kind !== 'request') continue
      this.#requests++
      if (outcome !== 'ok') this.#lost++
      if (release !== '') this.#release = release
      if (slow === false) this.#latencies.push(latencyMs)
    }
    if (nowMs - this.#drawn < everyMs) return
    this.#drawn = nowMs
    const sorted = this.#latencies.sort((a, b) => a - b)
    const p99 = sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)]
    this.#latencies = []
    const parts = [
      `${(nowMs / 1000).toFixed(1).padStart(6)} s`,
      `${this.#requests} requests`,
      `${this.#lost} lost`,
      `P99 ${p99 === undefined ? '-' : p99.toFixed(1)} ms`,
      ...(openStreams === 0 ? [] : [`${openStreams} streams`]),
      ...(this.#release === '' ? [] : [`release ${this.#release}`]),
      ...(this.#doing === '' ? [] : [this.#doing]),
    ]
    this.#stream.write(`\r\u001B[2K${parts.join('   ').slice(0, (this.#stream.columns ?? 80) - 1)}`)
  }

  readonly deployment: VerifyOptions['onDeployment'] = (what, ended) => {
    this.#doing = ended === undefined ? what : ''
    if (this.#stream.isTTY === true || !this.#spoken) return
    const [first = ''] = (ended ?? 'begins').split('\n')
    this.#stream.write(`${what}: ${first}\n`)
  }

  /** Takes the line away. */
  end(): void {
    if (this.#stream.isTTY === true && this.#drawn > 0) this.#stream.write('\r\u001B[2K')
    this.#drawn = 0
  }
}
