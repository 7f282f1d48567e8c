import { spawnGroup, type Group } from '../../support/group/spawn.ts'
import { followOutput, type Output } from '../../support/group/output.ts'
import { lowerPriority } from '../../support/group/priority.ts'

/** From SIGTERM to SIGKILL: nothing of it is wanted any more. */
const endGraceMs = 300

export interface WaitingOptions {
  readonly argv: readonly [string, ...string[]]
  readonly directory: string
  /** Complete environment. */
  readonly env: Readonly<Record<string, string>>
  /** On the scale of nice(1). */
  readonly priority: number
}

/**
 * A linker that has loaded all packages of a program, and waits to be told which ones have changed since. It links once. It
 * ends by itself when hotlane does.
 */
export class WaitingLinker {
  readonly #group: Group
  readonly #output: Output
  readonly #said: string[] = []
  #hasEnded = false
  /** Resolves with whether it waits now; it has ended otherwise. */
  readonly ready: Promise<boolean>
  /** Resolves when the program is whole; the linker ends after that. */
  readonly #linked: Promise<true>

  private constructor(group: Group) {
    this.#group = group
    let tellReady: (isReady: boolean) => void = () => undefined
    let tellLinked: () => void = () => undefined
    this.ready = new Promise((resolve) => (tellReady = resolve))
    this.#linked = new Promise((resolve) => (tellLinked = () => resolve(true)))
    this.#output = followOutput(group, (line, stream) => {
      if (stream === 'stdout' && line === 'ready') tellReady(true)
      else if (stream === 'stdout' && line === 'linked') tellLinked()
      else this.#said.push(line)
    })
    void group.exited.then(() => {
      this.#hasEnded = true
      tellReady(false)
    })
  }

  /** Rejects with the system's error. */
  static async start({ argv, directory, env, priority }: WaitingOptions): Promise<WaitingLinker> {
    const own = { ...env, HOTLANE_LINKER: 'wait' }
    const group = await spawnGroup(argv, { directory, env: own, stdin: 'pipe' })
    if (priority > 0) await lowerPriority(group.pid, priority)
    return new WaitingLinker(group)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /**
   * Links with other archives for these packages, each behind those it imports; it need not be ready. Resolves with what stood in the way, in
   * words; undefined where nothing did.
   * @throws the signal's reason, with the linker gone
   */
  async link(changed: readonly (readonly [string, string])[], signal: AbortSignal): Promise<string | undefined> {
    const stop = (): void => void this.end()
    signal.addEventListener('abort', stop)
    this.#group.stdin?.end([...changed.map(([name, archive]) => `${name}=${archive}`), 'link', ''].join('\n'))
    const ended = this.#group.exited.then(() => this.#output.settle())
    const isLinked = await Promise.race([this.#linked, ended])
    signal.removeEventListener('abort', stop)
    if (signal.aborted) await this.end()
    signal.throwIfAborted()
    return isLinked === true && this.#said.length === 0 ? undefined : (this.#said[0] ?? 'the linker was ended')
  }

  async end(): Promise<void> {
    await this.#group.end('SIGTERM', endGraceMs)
  }
}
