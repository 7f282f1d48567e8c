import * as v from 'valibot'
import { checks, countOf } from './schema-checks.ts'
import {
  choice,
  duration,
  flag,
  line,
  positiveDuration,
  mapping,
  share,
  shareOf,
  text,
  texts,
  urlPath,
  wholeNumber,
} from './schema-values.ts'

const weightForm = 'a weight such as "5%", from 0% to 100%, with at most two decimals'
const stepForm = 'a weight such as "5%", judge, approve, verify, or a mapping with weight, pause or command'

const step = v.union(
  [
    choice(['judge', 'approve', 'verify']),
    weight(stepForm),
    v.pipe(
      mapping({
        weight: v.optional(weight(weightForm)),
        pause: v.optional(duration),
        command: v.optional(line),
        cwd: v.optional(text),
      }),
      v.check(({ weight, pause, command }) => countOf(weight, pause, command) === 1, stepForm),
      v.check(
        ({ command, cwd }) => command !== undefined || cwd === undefined,
        'a mapping with cwd only beside command',
      ),
    ),
  ],
  stepForm,
)

/** Weights of a step in basis points; undefined for a step of another kind. */
export function weightOf(item: v.InferOutput<typeof step>): number | undefined {
  const given = typeof item === 'string' ? item : item.weight
  return given?.endsWith('%') === true ? Math.round(Number.parseFloat(given) * 100) : undefined
}

const steps = v.pipe(
  v.array(step, 'a list of steps'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    let before = -1
    for (const [index, item] of dataset.value.entries()) {
      const weight = weightOf(item)
      const complaint =
        before === 10_000
          ? 'left out, since the whole traffic is the last step; "bake" is what follows it'
          : weight !== undefined && weight <= before
            ? `a weight above the ${before / 100}% before it`
            : undefined
      before = weight ?? before
      if (complaint === undefined) continue
      const path = [{ type: 'array' as const, origin: 'value' as const, input: dataset.value, key: index, value: item }]
      addIssue({ message: complaint, input: item, path: path as [(typeof path)[0]] })
    }
  }),
)

const ruleForm = 'a mapping with one of header, cookie and query, and perhaps value'
const rule = v.pipe(
  mapping({ header: v.optional(text), cookie: v.optional(text), query: v.optional(text), value: v.optional(text) }),
  v.check(({ header, cookie, query }) => countOf(header, cookie, query) === 1, ruleForm),
)

const ratioForm = 'a multiple of at least 1, such as "1.5x"'
const ratio = v.optional(v.pipe(v.string(ratioForm), v.regex(/^[1-9]\d*(\.\d+)?x$/, ratioForm)))
const confidenceForm = 'a share from 50% to below 100%, such as "99%"'
const confidence = v.pipe(
  share,
  v.check((value) => shareOf(value) >= 0.5 && shareOf(value) < 1, confidenceForm),
)

const judge = mapping({
  minRequests: v.optional(wholeNumber('a number of requests, at least 1', 1)),
  errors: v.optional(share),
  confidence: v.optional(confidence),
  latency: v.optional(mapping({ p50: ratio, p90: ratio, p95: ratio, p99: ratio })),
  checks,
  every: v.optional(positiveDuration),
  timeout: v.optional(positiveDuration),
})

const verify = mapping({
  checks,
  replay: v.optional(
    v.union(
      [
        flag,
        mapping({
          requests: v.optional(wholeNumber('a number of requests, at least 1', 1)),
          redact: v.optional(texts),
          ignore: v.optional(v.array(urlPath, 'a list of paths')),
        }),
      ],
      'true, false, or a mapping with requests, redact and ignore',
    ),
  ),
  otherwise: v.optional(choice(['abort', 'preview'])),
})

const strategy = choice(['replace', 'hold', 'rolling', 'blue-green', 'canary'])

/** How a service's releases take the place of each other in production. */
export const rollout = v.union(
  [
    strategy,
    mapping({
      strategy: v.optional(strategy),
      steps: v.optional(steps),
      rules: v.optional(v.array(rule, 'a list of rules')),
      sticky: v.optional(
        v.union(
          [choice(['cookie', 'address', 'request']), mapping({ header: text })],
          'cookie, address, request, or a mapping with header',
        ),
      ),
      judge: v.optional(judge),
      verify: v.optional(verify),
      bake: v.optional(duration),
      window: v.optional(duration),
      deadline: v.optional(positiveDuration),
      keep: v.optional(wholeNumber('a number of releases, at least 1', 1)),
    }),
  ],
  'one of replace, hold, rolling, blue-green, canary, or a mapping with strategy',
)

export type RolloutSettings = v.InferOutput<typeof rollout>
export type RolloutMapping = Exclude<RolloutSettings, string>
export type RolloutStepSettings = v.InferOutput<typeof step>

function weight(form: string) {
  return v.pipe(v.string(form), v.regex(/^(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)%$/, form))
}
