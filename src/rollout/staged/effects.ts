import type { Finding } from '../../model/rollout.ts'
import type { Command as CommandLine } from '../../model/service.ts'
import { commandText } from '../../model/command-text.ts'
import { describeExit } from '../../model/instance.ts'
import { reportError } from '../../support/errors.ts'
import type { Command } from './command.ts'
import type { JudgeWindow, Judgement, Pair, RolloutContext } from './context.ts'
import { type Outcome, keyOf } from './observation.ts'
import type { RolloutState } from './state.ts'

export interface EffectsOwner {
  /** Undefined while either instance that is needed does not run. */
  readonly pair: () => Promise<Pair | undefined>
  readonly window: (rollout: RolloutState, pair: Pair) => Promise<JudgeWindow>
  /** There is an outcome. */
  readonly wake: () => void
}

interface Running {
  readonly name: string
  readonly controller: AbortController
}

/** The one effect of a rollout that may be going on: it is ended as soon as it is not commanded any more. */
export class Effects {
  readonly #context: RolloutContext
  readonly #owner: EffectsOwner
  #running: Running | undefined
  #outcome: Outcome | undefined

  constructor(context: RolloutContext, owner: EffectsOwner) {
    this.#context = context
    this.#owner = owner
  }

  /** What the last effect came to. */
  get outcome(): Outcome | undefined {
    return this.#outcome
  }

  /** Begins the effect that is commanded, unless it is going on, and ends any other. */
  follow(command: Command, rollout: RolloutState | undefined): void {
    const isEffect = command.kind === 'verify' || command.kind === 'judge' || command.kind === 'command'
    const name = isEffect && rollout !== undefined ? `${command.kind} ${keyOf(rollout)}` : undefined
    if (this.#running?.name === name) return
    this.end()
    if (!isEffect || rollout === undefined || name === undefined) return
    const running = { name, controller: new AbortController() }
    this.#running = running
    void this.#run(command, rollout, running)
  }

  end(): void {
    this.#running?.controller.abort()
    this.#running = undefined
  }

  async #run(
    command: Command & { readonly kind: 'verify' | 'judge' | 'command' },
    rollout: RolloutState,
    running: Running,
  ): Promise<void> {
    const outcome = await this.#outcomeOf(command, rollout, running.controller.signal)
    if (this.#running !== running) return
    this.#running = undefined
    this.#outcome = outcome
    this.#owner.wake()
  }

  async #outcomeOf(
    command: Command & { readonly kind: 'verify' | 'judge' | 'command' },
    rollout: RolloutState,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const key = keyOf(rollout)
    try {
      const pair = await this.#owner.pair()
      if (pair === undefined) throw new Error('no instance of the new release runs')
      switch (command.kind) {
        case 'verify':
          return { kind: 'verify', key, findings: await this.#context.verify(pair, signal) }
        case 'judge':
          return this.#looked(key, await this.#context.judge(await this.#owner.window(rollout, pair), signal))
        case 'command': {
          const failure = await this.#commandFailure(command.command, pair, signal)
          return { kind: 'command', key, ...(failure === undefined ? {} : { failure }) }
        }
      }
    } catch (error) {
      const text = reportError(error).message
      const finding: Finding = { name: command.kind, verdict: 'error', text }
      if (command.kind === 'command') return { kind: 'command', key, failure: text }
      if (command.kind === 'verify') return { kind: 'verify', key, findings: [finding] }
      return this.#looked(key, { verdict: 'error', findings: [finding] })
    }
  }

  #looked(key: string, judgement: Judgement): Outcome {
    return { kind: 'judge', key, at: this.#context.clock.now(), judgement }
  }

  async #commandFailure(command: CommandLine, pair: Pair, signal: AbortSignal): Promise<string | undefined> {
    const { exit, output } = await this.#context.runCommand(command, environmentOf(pair), signal)
    if (exit.code === 0) return undefined
    const said = output.trim() === '' ? '' : `: ${output.trim().split('\n').at(-1) ?? ''}`
    return `the command ${commandText(command)} failed (${describeExit(exit)})${said}`
  }
}

/** What a command of a plan's is told. */
function environmentOf({ release, trial, stable }: Pair): Readonly<Record<string, string>> {
  return {
    HOTLANE_SERVICE: release.service.name,
    HOTLANE_RELEASE: String(release.number),
    HOTLANE_CANDIDATE_URL: urlOf(trial),
    ...(stable === undefined ? {} : { HOTLANE_STABLE_URL: urlOf(stable.instance) }),
  }
}

function urlOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
