import * as v from 'valibot'

import type { Check } from '../../model/plan.ts'
import { ask } from './ask.ts'
import type { Outcome } from './check-context.ts'
import { reasonOf } from './reason-of.ts'
import { parseJson } from '../../support/json.ts'

type PrometheusCheck = Extract<Check, { readonly kind: 'prometheus' }>

/** A time and a value as text, which may be `NaN`, `+Inf` or `-Inf`. */
const sample = v.tuple([v.number(), v.string()])

/** An answer to an instant query (Prometheus, "HTTP API", Format overview and Expression query result formats). */
const answerSchema = v.variant('status', [
  v.object({ status: v.literal('error'), errorType: v.string(), error: v.string() }),
  v.object({
    status: v.literal('success'),
    data: v.variant('resultType', [
      v.object({ resultType: v.literal('scalar'), result: sample }),
      v.object({ resultType: v.literal('vector'), result: v.array(v.object({ value: v.optional(sample) })) }),
      v.object({ resultType: v.picklist(['matrix', 'string']), result: v.unknown() }),
    ]),
  }),
])

/**
 * Asks a Prometheus server for one number now. A server that cannot be asked, or an answer that is not one number, is an error;
 * an empty vector and NaN are no data: neither says anything about the release.
 */
export async function checkPrometheus(check: PrometheusCheck, signal: AbortSignal): Promise<Outcome> {
  try {
    const url = new URL(`${check.url.replace(/\/+$/, '')}/api/v1/query`)
    url.searchParams.set('query', check.query)
    const asking = { method: 'GET', headers: { accept: 'application/json' }, timeoutMs: check.timeoutMs } as const
    const { status, body } = await ask(url, asking, signal)
    // An error is told with a status of its own, and in the same form.
    const told = v.safeParse(answerSchema, parseJson(body.toString()))
    if (told.success) return outcomeOf(check, told.output)
    return { verdict: 'error', text: `the server answered with ${status} and no result of an instant query` }
  } catch (error) {
    signal.throwIfAborted()
    return { verdict: 'error', text: reasonOf(error) }
  }
}

function outcomeOf(check: PrometheusCheck, answer: v.InferOutput<typeof answerSchema>): Outcome {
  if (answer.status === 'error') return { verdict: 'error', text: `${answer.errorType}: ${answer.error}` }
  const { data } = answer
  switch (data.resultType) {
    case 'scalar':
      return compare(check, numberOf(data.result[1]))
    case 'vector': {
      const [first, ...others] = data.result
      if (first === undefined) return { verdict: 'no data', text: 'the query found nothing' }
      if (others.length > 0)
        return {
          verdict: 'error',
          text: `the query found ${data.result.length} samples instead of one: aggregate them`,
        }
      if (first.value === undefined)
        return { verdict: 'error', text: 'the query found a histogram instead of a number' }
      return compare(check, numberOf(first.value[1]))
    }
    case 'matrix':
    case 'string':
      return { verdict: 'error', text: `the query found a ${data.resultType} instead of a number` }
  }
}

function numberOf(text: string): number {
  const infinite = /^([+-]?)Inf$/.exec(text)
  if (infinite === null) return Number(text)
  return infinite[1] === '-' ? -Infinity : Infinity
}

function compare({ least, most }: PrometheusCheck, value: number): Outcome {
  if (Number.isNaN(value)) return { verdict: 'no data', text: 'the query found NaN' }
  if (least === undefined && most === undefined)
    return { verdict: 'error', text: `${value}, but it is not said what is at least or at most allowed` }
  if (least !== undefined && value < least) return { verdict: 'fail', text: `${value}, at least ${least} is needed` }
  if (most !== undefined && value > most) return { verdict: 'fail', text: `${value}, at most ${most} is allowed` }
  return { verdict: 'pass', text: String(value) }
}
