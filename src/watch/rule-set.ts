import path from 'node:path'
import ignore, { type Ignore } from 'ignore'

export interface RuleLine {
  readonly pattern: string
  /** Where the pattern stands, such as `.gitignore:3`. */
  readonly origin: string
}

/** What one set of rules says of an entry: a reason to ignore it, that it is kept (`!pattern`), or nothing. */
export type RuleVerdict = { readonly ignored: string } | 'kept' | undefined

/** The matcher remembers every path it was asked about, which for 200,000 of them would be 50 MB. */
const askedLimit = 512

/** Ignore rules of one origin, relative to one directory (gitignore(5)). */
export class RuleSet {
  readonly #base: string
  readonly #prefix: string
  readonly #lines: readonly RuleLine[]
  readonly #options: { readonly ignoreCase: boolean }
  readonly #rules: Ignore
  #matcher: Ignore
  #asked = 0

  /** `base`: the directory that the patterns are relative to. */
  constructor(base: string, lines: readonly RuleLine[]) {
    this.#base = base
    this.#prefix = base.endsWith(path.sep) ? base : base + path.sep
    this.#lines = lines
    const ignoreCase = process.platform === 'darwin' || process.platform === 'win32'
    this.#options = { ignoreCase }
    this.#rules = ignore(this.#options).add(lines.map(({ pattern }, index) => ({ pattern, mark: String(index) })))
    this.#matcher = this.#fresh()
  }

  /** The verdict on an entry below the base; elsewhere there is none. */
  verdict(entry: string, isDirectory: boolean): RuleVerdict {
    if (!entry.startsWith(this.#prefix)) return undefined
    const relative = entry.slice(this.#prefix.length)
    if (relative === '') return undefined
    if (++this.#asked % askedLimit === 0) this.#matcher = this.#fresh()
    const result = this.#matcher.test(isDirectory ? `${relative}/` : relative)
    if (result.ignored) return { ignored: this.#reason(result.rule?.mark) }
    return result.unignored ? 'kept' : undefined
  }

  /**
   * The rules that go on to hold below a directory which these rules ignore but others of higher rank have kept: a matcher
   * would ignore all that is in it.
   */
  lifted(directory: string): RuleSet {
    const relative = `${path.relative(this.#base, directory)}/`
    const mark = this.#matcher.test(relative).rule?.mark
    if (mark === undefined) return this
    return new RuleSet(this.#base, this.#lines.toSpliced(Number(mark), 1)).lifted(directory)
  }

  #reason(mark: string | undefined): string {
    const line = this.#lines[Number(mark)]
    return line === undefined ? 'an ignore rule' : `${line.origin} "${line.pattern}"`
  }

  /** A matcher of the same compiled rules that remembers nothing. */
  #fresh(): Ignore {
    return ignore(this.#options).add(this.#rules)
  }
}
