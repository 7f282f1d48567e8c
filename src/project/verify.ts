import { readFile } from 'node:fs/promises'
import { type LatencyBound, type LoadStep, loadStep, type Thresholds, type VerifySettings } from '../model/verify.ts'
import { parseDurationMs } from '../support/duration.ts'
import { defined } from './defined.ts'
import { checkHotlaneFile } from './hotlane-file.ts'
import { type DraftOptions, shownPath } from './read-draft.ts'
import { shareOf } from './schema-values.ts'
import type { LoadSettings, LoadStepSettings } from './schema-verify.ts'
import { findSource } from './sources.ts'
import { uniquelyNamed } from './unique-name.ts'

/**
 * What the settings file of a directory says about load; empty where there is none of hotlane's own.
 * @throws HotlaneError HL1002 - HL1005
 */
export async function loadVerifySettings(root: string, options: DraftOptions): Promise<VerifySettings> {
  const source = await findSource(root, options)
  if (source?.kind !== 'hotlane') return { headers: {}, steps: [], thresholds: {} }
  const text = await readFile(source.file, 'utf8')
  return resolveVerify(checkHotlaneFile(text, shownPath(root, source.file)).verify ?? {})
}

function resolveVerify(settings: LoadSettings): VerifySettings {
  const { rate, duration, connections, newConnections, headers = {}, ledger, mix = [], thresholds = {} } = settings
  const steps: LoadStep[] = []
  for (const item of mix) steps.push(uniquelyNamed(resolveStep(item), steps))
  return {
    ...defined({
      rate,
      durationMs: ms(duration),
      connections,
      newConnections: newConnections === undefined ? undefined : shareOf(newConnections),
      ledger,
    }),
    headers,
    steps,
    thresholds: resolveThresholds(thresholds),
  }
}

function resolveStep(item: LoadStepSettings): LoadStep {
  if (typeof item === 'string') return loadStep({ path: item })
  const { path, name, kind, method, headers, body, upload, weight, open, timeout, slow, expect, contains, send } = item
  const payload =
    upload !== undefined
      ? ({
          kind: 'upload',
          pieces: upload.pieces ?? 10,
          pieceBytes: upload.bytes ?? 1024,
          everyMs: ms(upload.every) ?? 50,
        } as const)
      : body === undefined
        ? undefined
        : ({ kind: 'text', text: body } as const)
  return loadStep({
    path,
    ...defined({
      name,
      kind,
      method: method?.toUpperCase() ?? (payload === undefined ? undefined : 'POST'),
      headers,
      body: payload,
      weight: kind === undefined || kind === 'request' ? weight : 0,
      open: kind === undefined || kind === 'request' ? 0 : open,
      timeoutMs: ms(timeout),
      slow,
      expectStatus: typeof expect === 'number' ? [expect] : expect,
      expectText: contains,
      messages:
        send === undefined
          ? undefined
          : { text: send.text, everyMs: ms(send.every) ?? 1000, expect: send.expect ?? 'nothing' },
    }),
  })
}

function resolveThresholds(given: NonNullable<LoadSettings['thresholds']>): Thresholds {
  const { lost, twice, cut, backwards, success, p50, p95, p99, max, p99During, p99Switch } = given
  return defined({
    lost,
    twice,
    cut,
    backwards,
    success: success === undefined ? undefined : shareOf(success),
    p50Ms: ms(p50),
    p95Ms: ms(p95),
    p99Ms: ms(p99),
    maxMs: ms(max),
    p99During: boundOf(p99During),
    p99Switch: boundOf(p99Switch),
  })
}

function boundOf(text: string | undefined): LatencyBound | undefined {
  if (text === undefined) return undefined
  return text.endsWith('x') ? { kind: 'ratio', ratio: Number.parseFloat(text) } : { kind: 'ms', ms: ms(text) ?? 0 }
}

/** The schema lets only durations through. */
function ms(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDurationMs(text)
}
