import type { ChangeSet, FileChange } from '../model/change.ts'
import type { Command, Rule } from '../model/service.ts'
import type { Emit } from '../model/event.ts'
import type { Exit } from '../model/instance.ts'
import { HotlaneError, reportError } from '../support/errors.ts'
import { describeExit } from '../model/instance.ts'
import { changedEnv } from './changed-env.ts'
import { type ChangeJudgement, judgeChange } from './impact.ts'
import type { Lane } from './lane.ts'
import { RuleRun } from './rule-run.ts'

export interface ReactionContext {
  readonly lane: Lane
  readonly emit: Emit
  /** Why a file is outside what the service watches; undefined if it is watched. */
  readonly unwatched: (file: string) => string | undefined
  /** Whether a rule declares the file as its input, and not as its output. */
  readonly takes: (rule: Rule, file: string) => boolean
  /** The nearest directory above a file, within the service's, that holds Go files. */
  readonly goDirectory: (file: string) => string | undefined
  readonly matches: (globs: readonly string[], file: string) => boolean
  /** Runs a command of the user's for the service. */
  readonly runCommand: (command: Command, run: CommandRun) => Promise<Exit>
}

export interface CommandRun {
  /** Takes each line of the command's output. */
  readonly output: (line: string) => void
  readonly signal: AbortSignal
  /** Variables besides the service's environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** Does for one service what a change asks: nothing, reload of pages, rules, restart, rebuild. */
export class Reaction {
  readonly #context: ReactionContext
  readonly #rules = new Map<string, RuleRun>()

  constructor(context: ReactionContext) {
    this.#context = context
  }

  judge(files: readonly FileChange[]): ChangeJudgement {
    const { lane, unwatched, takes, goDirectory } = this.#context
    const affects = lane.inputs?.affects
    return judgeChange(files, {
      service: lane.service,
      unwatched,
      ...(affects === undefined ? {} : { affects }),
      buildFailed: lane.buildFailed,
      takes,
      goDirectory,
    })
  }

  /** Resolves when everything that the change asked for is done or was overtaken. */
  async react(change: ChangeSet): Promise<void> {
    const { lane, emit } = this.#context
    const files = change.files.filter((file) => !this.#isOutput(file.path, change.firstEventAt))
    if (files.length === 0) return
    const judgement = this.judge(files)
    const { impact, why } = judgement
    emit({ type: 'change.judged', service: lane.service.name, impact, why, files: judgement.files })
    // A rule that writes files goes first, so that what it writes is part of the same build.
    const first = judgement.rules.filter((rule) => rule.outputs.length > 0 || rule.action !== 'run')
    const beside = judgement.rules.filter((rule) => !first.includes(rule)).map((rule) => this.#run(rule, files))
    const succeeded = await Promise.all(first.map((rule) => this.#run(rule, files)))
    if (succeeded.every(Boolean)) await this.#act(judgement, change.firstEventAt)
    await Promise.all(beside)
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#rules.values(), ({ latest }) => latest.stop()))
  }

  async #act({ impact, rules, besides }: ChangeJudgement, savedAt: number): Promise<void> {
    const { lane } = this.#context
    const actions = new Set(rules.map((rule) => rule.action))
    const build = impact === 'rebuild' || actions.has('rebuild')
    const restart = impact === 'restart' || actions.has('restart') || besides.has('restart')
    const reload = impact === 'reload' || actions.has('reload') || besides.has('reload')
    const before = lane.serving?.release
    if (build || restart) await lane.request({ build, restart, savedAt })
    // A switch reloads the pages by itself.
    if (reload && lane.serving?.release === before && lane.error === undefined) lane.reloadPages()
  }

  /** True if the command has succeeded, or the rule has none. */
  async #run(rule: Rule, files: readonly FileChange[]): Promise<boolean> {
    const { lane, emit, runCommand, takes } = this.#context
    const { command } = rule
    if (command === undefined) return true
    const service = lane.service.name
    const run = this.#runOf(rule)
    const lines: string[] = []
    const done = await run.latest.run(async (signal) => {
      emit({ type: 'rule.started', service, rule: rule.name })
      run.begin()
      const taken = files.flatMap(({ path }) => (takes(rule, path) ? [path] : []))
      const env = changedEnv(taken, command.directory ?? lane.service.directory)
      const output = (line: string): void => {
        lines.push(line)
        emit({ type: 'rule.output', service, rule: rule.name, line })
      }
      const exit = await runCommand(command, { output, signal, env }).finally(() => run.end())
      signal.throwIfAborted()
      if (exit.code === 0) {
        emit({ type: 'rule.finished', service, rule: rule.name })
        return true
      }
      const params = { rule: rule.name, how: describeExit(exit) }
      const error = new HotlaneError('HL6001', { params, output: lines.join('\n') })
      emit({ type: 'rule.failed', service, rule: rule.name, error: reportError(error) })
      return false
    })
    return done ?? false
  }

  /**
   * What a rule has written itself asks for nothing more: what it has declared as output, since its action comes after it,
   * and an input of its own that it was seen to write, since it would never end.
   */
  #isOutput(file: string, changedAt: number): boolean {
    const { lane, takes, matches } = this.#context
    return lane.service.rules.some((rule) => {
      const run = this.#runOf(rule)
      if (!run.covers(file, changedAt)) return false
      if (takes(rule, file)) return run.noteWrite(file)
      return matches(rule.outputs, file) && (rule.action === 'rebuild' || rule.action === 'restart')
    })
  }

  #runOf(rule: Rule): RuleRun {
    let run = this.#rules.get(rule.name)
    if (run === undefined) {
      run = new RuleRun()
      this.#rules.set(rule.name, run)
    }
    return run
  }
}
