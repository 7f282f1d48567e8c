import path from 'node:path'
import type { FileChange } from '../model/change.ts'
import type { Impact } from '../model/event.ts'
import type { Build, Rule, Service } from '../model/service.ts'
import { type FileKind, fileKind } from './file-kind.ts'

/** What is known of a service when a change is judged. */
export interface ImpactFacts {
  readonly service: Service
  /** Why a file is outside what the service watches (ignored, not included), for people; undefined if it is watched. */
  readonly unwatched: (file: string) => string | undefined
  /** Why a file can change the artifact, as the toolchain tells it; absent where the toolchain has not been asked. */
  readonly affects?: (file: string) => string | undefined
  /** The last build failed: what it depended on is then not the truth, so any source file counts. */
  readonly buildFailed: boolean
  /** Whether the rule takes the file as an input (and not as its own output). */
  readonly takes: (rule: Rule, file: string) => boolean
  /** The nearest directory above a file, within the service's, that holds Go files; undefined where none does. */
  readonly goDirectory: (file: string) => string | undefined
}

/** What is done even where a rebuild leaves the same program: the file may be read at start, or by a browser. */
type Besides = 'restart' | 'reload'

export interface Judgement {
  readonly impact: Exclude<Impact, 'project'>
  readonly why: string
  readonly rule?: Rule
  readonly besides?: Besides
}

const reload = { impact: 'reload', why: 'asset that is read at run time' } as const
const template = { impact: 'restart', why: 'template that is read at start' } as const
const settings = { impact: 'restart', why: 'settings that are read at start' } as const
const nothing = { impact: 'nothing', why: 'no program reads this kind of file' } as const
const source = { impact: 'rebuild', why: 'source of the program' } as const
const input = { impact: 'rebuild', why: 'input of the build' } as const

/** What each kind of file does where no rule, and no toolchain, says more. */
const effects: Readonly<Record<Build['kind'], Readonly<Record<FileKind, Judgement>>>> = {
  go: {
    asset: reload,
    script: { ...reload, why: 'script for browsers' },
    'public-script': { ...reload, why: 'script for browsers' },
    template,
    settings,
    tooling: nothing,
    prose: nothing,
    repository: nothing,
    source: nothing,
  },
  // A build command may put any file into the program, and the program may read it all the same.
  command: {
    asset: { ...input, besides: 'reload' },
    script: input,
    'public-script': { ...input, besides: 'reload' },
    template: { ...input, besides: 'restart' },
    settings: { ...input, besides: 'restart' },
    tooling: input,
    prose: nothing,
    repository: nothing,
    source: input,
  },
  none: {
    asset: reload,
    script: source,
    'public-script': { ...reload, why: 'script for browsers' },
    template,
    settings,
    tooling: nothing,
    prose: nothing,
    repository: nothing,
    source,
  },
}

/**
 * What a change of one file does to a service: the first of its environment, what is not watched, the user's rules, what the
 * toolchain says, and the kind of the file that applies.
 */
export function judgeFile(change: FileChange, facts: ImpactFacts): Judgement {
  const { service } = facts
  const file = change.path
  if (service.envFiles.includes(file)) return { impact: 'restart', why: 'environment file' }
  const unwatched = facts.unwatched(file)
  if (unwatched !== undefined) return { impact: 'nothing', why: unwatched }
  const rule = service.rules.find((candidate) => facts.takes(candidate, file))
  if (rule !== undefined) return { impact: 'rule', why: `rule ${rule.name}`, rule }
  const go = service.build.kind === 'go' ? judgeGo(file, facts) : undefined
  if (go !== undefined) return go
  const effect = effects[service.build.kind][fileKind(relativeTo(service, file))]
  if (effect.impact !== 'nothing' || service.watch.include.length === 0) return effect
  return { impact: service.build.kind === 'command' ? 'rebuild' : 'restart', why: 'named by watch.include' }
}

/** What the Go toolchain has to say of a file; undefined where that is nothing. */
function judgeGo(file: string, facts: ImpactFacts): Judgement | undefined {
  const reason = facts.affects?.(file)
  if (reason !== undefined) return { impact: 'rebuild', why: reason }
  const name = path.basename(file)
  if (name.endsWith('_test.go')) return { impact: 'nothing', why: 'Go test' }
  if (/^(.*\.go|go\.(mod|sum|work))$/.test(name)) {
    if (facts.affects === undefined) return { impact: 'rebuild', why: 'Go source' }
    if (facts.buildFailed) return { impact: 'rebuild', why: 'Go source, and the last build failed' }
    return { impact: 'nothing', why: 'not part of this program' }
  }
  // Data beside the code of a package belongs to the programs that have that package in them. Not so in the service's own
  // directory, where data is kept for all programs below it.
  const home = facts.goDirectory(file)
  if (home === undefined || home === facts.service.directory || facts.affects === undefined) return undefined
  if (facts.affects(path.join(home, 'any.go')) !== undefined) return undefined
  return { impact: 'nothing', why: 'beside a package that is not part of this program' }
}

function relativeTo({ directory }: Service, file: string): string {
  return path.relative(directory, file).split(path.sep).join('/')
}

/** What a whole ChangeSet does. */
export interface ChangeJudgement {
  /** The strongest impact of all files. */
  readonly impact: Exclude<Impact, 'project'>
  readonly why: string
  /** Each rule once, in the order of the service. */
  readonly rules: readonly Rule[]
  readonly besides: ReadonlySet<Besides>
  /** The files that do anything. */
  readonly files: readonly string[]
}

const strength: readonly Impact[] = ['nothing', 'reload', 'rule', 'restart', 'rebuild']

export function judgeChange(files: readonly FileChange[], facts: ImpactFacts): ChangeJudgement {
  let strongest: Judgement = { impact: 'nothing', why: 'no file of this service' }
  const rules = new Set<Rule>()
  const besides = new Set<Besides>()
  const effective: string[] = []
  for (const file of files) {
    const judgement = judgeFile(file, facts)
    if (judgement.rule !== undefined) rules.add(judgement.rule)
    if (judgement.besides !== undefined) besides.add(judgement.besides)
    if (judgement.impact !== 'nothing') effective.push(file.path)
    if (strength.indexOf(judgement.impact) > strength.indexOf(strongest.impact)) {
      strongest = { ...judgement, why: `${relativeTo(facts.service, file.path)}: ${judgement.why}` }
    }
  }
  return {
    impact: strongest.impact,
    why: strongest.why,
    rules: facts.service.rules.filter((rule) => rules.has(rule)),
    besides,
    files: effective,
  }
}
