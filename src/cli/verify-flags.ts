import type { LatencyBound, LoadStep, Thresholds } from '../model/verify.ts'
import { parseDurationMs } from '../support/duration.ts'
import { HotlaneError } from '../support/errors.ts'
import { loadSteps, type Rate } from '../verify-options.ts'

/** The flags of `verify` as the command line has them. */
export interface VerifyFlags {
  readonly directory: string
  readonly config?: string
  readonly rate?: string
  readonly duration?: string
  readonly maxRequests: string
  readonly connections?: string
  readonly newConnections?: string
  readonly path?: readonly string[]
  readonly method: string
  readonly body?: string
  readonly header?: readonly string[]
  readonly slow?: readonly string[]
  readonly upload?: readonly string[]
  readonly sse?: readonly string[]
  readonly websocket?: readonly string[]
  readonly streams: string
  readonly ledger?: string
  readonly idHeader: string
  readonly releaseHeader: string
  readonly during?: string
  readonly deploys?: string
  readonly every: string
  readonly before: string
  readonly after: string
  readonly limit?: string
  readonly findP99?: string
  readonly maxLost?: string
  readonly maxTwice?: string
  readonly maxCut?: string
  readonly maxBackwards?: string
  readonly minSuccess?: string
  readonly p50?: string
  readonly p95?: string
  readonly p99?: string
  readonly max?: string
  readonly p99During?: string
  readonly p99Switch?: string
  readonly gcLog?: string
  readonly memstats?: string
  readonly pid?: readonly string[]
  readonly json?: boolean
  readonly output?: readonly string[]
  readonly yesRemote?: boolean
}

/** @throws HotlaneError HL7001, as all functions here */
export function durationFlag(name: string, text: string): number {
  return parseDurationMs(text) ?? wrong(name, text, 'a duration such as 10s')
}

export function countFlag(name: string, text: string, least = 0): number {
  const value = Number(text)
  return Number.isInteger(value) && value >= least ? value : wrong(name, text, `a whole number of at least ${least}`)
}

/** `20%` or `0.2`, as 0 to 1. */
export function shareFlag(name: string, text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  return value >= 0 && value <= 1 && text.trim() !== '' ? value : wrong(name, text, 'a share such as 20%')
}

/** `300`, `50..500`, `100,200,400`, `max`. */
export function rateFlag(text: string): Rate {
  if (text === 'max') return { kind: 'max' }
  const numbers = text.split(/\.\.|,/).map(Number)
  const [from, to] = numbers
  if (numbers.some((each) => !(each > 0)) || from === undefined)
    return wrong('rate', text, '300, 50..500, 100,200 or max')
  if (text.includes('..') && to !== undefined && numbers.length === 2) return { kind: 'ramp', from, to }
  return text.includes(',') ? { kind: 'steps', rates: numbers } : { kind: 'constant', perSecond: from }
}

/** `1.5x` or `50ms`. */
export function boundFlag(name: string, text: string): LatencyBound {
  const ratio = /^(\d+(?:\.\d+)?)x$/.exec(text)?.[1]
  return ratio === undefined ? { kind: 'ms', ms: durationFlag(name, text) } : { kind: 'ratio', ratio: Number(ratio) }
}

export function headerFlags(fields: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fields.map((field) => {
      const colon = field.indexOf(':')
      // No line break may come in by a value: it would begin a field, or a request, of its own.
      if (colon < 1 || /[\r\n]/.test(field)) return wrong('header', field, '"name: value"')
      return [field.slice(0, colon).trim(), field.slice(colon + 1).trim()]
    }),
  )
}

/** The steps that flags name; none where they name none. */
export function stepFlags(flags: VerifyFlags): readonly LoadStep[] {
  const { path = [], slow = [], upload = [], sse = [], websocket = [], method, body } = flags
  const paths = [path, slow, upload, sse, websocket].flat()
  const bad = paths.find((each) => !/^\/[^\s]*$/.test(each))
  if (bad !== undefined) return wrong('path', bad, 'a path such as /orders')
  return loadSteps({
    paths: path,
    method: body !== undefined && method === 'GET' ? 'POST' : method.toUpperCase(),
    ...(body === undefined ? {} : { body }),
    slow,
    uploads: upload,
    sse,
    websockets: websocket,
    open: countFlag('streams', flags.streams, 1),
  })
}

export function thresholdFlags(flags: VerifyFlags): Thresholds {
  const found = {
    lost: optional(flags.maxLost, (text) => countFlag('max-lost', text)),
    twice: optional(flags.maxTwice, (text) => countFlag('max-twice', text)),
    cut: optional(flags.maxCut, (text) => countFlag('max-cut', text)),
    backwards: optional(flags.maxBackwards, (text) => countFlag('max-backwards', text)),
    success: optional(flags.minSuccess, (text) => shareFlag('min-success', text)),
    p50Ms: optional(flags.p50, (text) => durationFlag('p50', text)),
    p95Ms: optional(flags.p95, (text) => durationFlag('p95', text)),
    p99Ms: optional(flags.p99, (text) => durationFlag('p99', text)),
    maxMs: optional(flags.max, (text) => durationFlag('max', text)),
    p99During: optional(flags.p99During, (text) => boundFlag('p99-during', text)),
    p99Switch: optional(flags.p99Switch, (text) => boundFlag('p99-switch', text)),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

export function optional<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text)
}

function wrong(name: string, text: string, expected: string): never {
  throw new HotlaneError('HL7001', {
    params: { what: `--${name} should be ${expected}, but is ${text}`, command: 'verify' },
  })
}
