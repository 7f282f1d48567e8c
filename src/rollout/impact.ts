import path from 'node:path'
import type { FileChange } from '../model/change.ts'
import type { Impact } from '../model/event.ts'
import type { Rule, Service } from '../model/service.ts'

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
}

export interface Judgement {
  readonly impact: Exclude<Impact, 'project'>
  readonly why: string
  readonly rule?: Rule
}

const templates = new Set([
  '.html',
  '.htm',
  '.tmpl',
  '.tpl',
  '.gohtml',
  '.gotmpl',
  '.mustache',
  '.hbs',
  '.ejs',
  '.pug',
  '.jinja',
  '.j2',
])
const settings = new Set([
  '.yaml',
  '.yml',
  '.json',
  '.toml',
  '.ini',
  '.conf',
  '.properties',
  '.xml',
  '.sql',
  '.env',
  '.pem',
  '.crt',
  '.key',
])
const assets = new Set([
  '.css',
  '.scss',
  '.map',
  '.svg',
  '.png',
  '.jpg',
  '.jpeg',
  '.gif',
  '.webp',
  '.avif',
  '.ico',
  '.woff',
  '.woff2',
  '.ttf',
  '.otf',
  '.mp3',
  '.mp4',
  '.webm',
  '.wasm',
  '.webmanifest',
])
const scripts = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.jsx', '.tsx'])
const prose = new Set([
  '.md',
  '.mdx',
  '.rst',
  '.adoc',
  '.txt',
  '.log',
  '.out',
  '.tmp',
  '.pid',
  '.lock',
  '.swp',
  '.orig',
  '.rej',
  '.prof',
])
/** Files about the project that no program of it reads. */
const beside = /^(\.git\w+|\.editorconfig|\.dockerignore|Dockerfile.*|Makefile|LICENSE|\.prettier.*|\.eslint.*)$/
const publicFolder = /(^|\/)(public|static|assets|dist\/client|www)\//

/**
 * What a change of one file does to a service: the first of settings of its environment, the user's rules, what the
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
  return service.build.kind === 'go' ? judgeGo(file, facts) : judgeOther(file, facts)
}

function judgeGo(file: string, facts: ImpactFacts): Judgement {
  const reason = facts.affects?.(file)
  if (reason !== undefined) return { impact: 'rebuild', why: reason }
  const name = path.basename(file)
  if (name.endsWith('_test.go')) return { impact: 'nothing', why: 'Go test' }
  if (name.endsWith('.go') || name === 'go.mod' || name === 'go.sum' || name === 'go.work') {
    if (facts.affects === undefined) return { impact: 'rebuild', why: 'Go source' }
    if (facts.buildFailed) return { impact: 'rebuild', why: 'Go source, and the last build failed' }
    return { impact: 'nothing', why: 'not part of this program' }
  }
  return judgeData(file, facts)
}

function judgeOther(file: string, facts: ImpactFacts): Judgement {
  const data = judgeData(file, facts)
  const apart = prose.has(path.extname(file).toLowerCase()) || beside.test(path.basename(file))
  if (data.impact !== 'nothing' || apart) return data
  return {
    impact: 'rebuild',
    why: facts.service.build.kind === 'none' ? 'source of the program' : 'input of the build',
  }
}

function judgeData(file: string, { service }: ImpactFacts): Judgement {
  const extension = path.extname(file).toLowerCase()
  const relative = path.relative(service.directory, file).split(path.sep).join('/')
  if (assets.has(extension) || (scripts.has(extension) && publicFolder.test(relative))) {
    return { impact: 'reload', why: 'asset that is read at run time' }
  }
  if (service.build.kind === 'go' && scripts.has(extension)) return { impact: 'reload', why: 'script for browsers' }
  if (templates.has(extension)) return { impact: 'restart', why: 'template that is read at start' }
  const base = path.basename(file)
  if (settings.has(extension) || base === '.env' || base.startsWith('.env.')) {
    return { impact: 'restart', why: 'settings that are read at start' }
  }
  if (service.watch.include.length > 0) return { impact: 'restart', why: 'named by watch.include' }
  return { impact: 'nothing', why: 'no program reads this kind of file' }
}

/** What a whole ChangeSet does: the strongest impact, why, and each rule once, in the order of the service. */
export interface ChangeJudgement {
  readonly impact: Exclude<Impact, 'project'>
  readonly why: string
  readonly rules: readonly Rule[]
}

const strength: readonly Impact[] = ['nothing', 'reload', 'rule', 'restart', 'rebuild']

export function judgeChange(files: readonly FileChange[], facts: ImpactFacts): ChangeJudgement {
  let strongest: Judgement = { impact: 'nothing', why: 'no file of this service' }
  const rules = new Set<Rule>()
  for (const file of files) {
    const judgement = judgeFile(file, facts)
    if (judgement.rule !== undefined) rules.add(judgement.rule)
    if (strength.indexOf(judgement.impact) > strength.indexOf(strongest.impact)) {
      const place = path.relative(facts.service.directory, file.path)
      strongest = { ...judgement, why: `${place}: ${judgement.why}` }
    }
  }
  return {
    impact: strongest.impact,
    why: strongest.why,
    rules: facts.service.rules.filter((rule) => rules.has(rule)),
  }
}
