import * as v from 'valibot'
import {
  choice,
  duration,
  fields,
  flag,
  mapping,
  positiveDuration,
  share,
  status,
  text,
  urlPath,
  wholeNumber,
} from './schema-values.ts'

const latencyBound = v.pipe(
  v.string('a duration such as "50ms", or a multiple such as "1.5x"'),
  v.regex(/^(\d+(\.\d+)?x|(\d+(\.\d+)?(ms|s|m|h))+)$/, 'a duration such as "50ms", or a multiple such as "1.5x"'),
)
const count = wholeNumber('a number, at least 0', 0)
const loadStep = v.union(
  [
    urlPath,
    v.pipe(
      mapping({
        path: urlPath,
        name: v.optional(text),
        kind: v.optional(choice(['request', 'sse', 'websocket'])),
        method: v.optional(text),
        headers: v.optional(fields),
        body: v.optional(text),
        upload: v.optional(
          mapping({
            pieces: v.optional(wholeNumber('a number of pieces, at least 1', 1)),
            bytes: v.optional(wholeNumber('a number of bytes, at least 1', 1)),
            every: v.optional(duration),
          }),
        ),
        weight: v.optional(count),
        open: v.optional(wholeNumber('a number of streams, at least 1', 1)),
        timeout: v.optional(duration),
        slow: v.optional(flag),
        expect: v.optional(v.union([status, v.array(status)], 'a status such as 200, or a list of them')),
        contains: v.optional(text),
        send: v.optional(
          mapping({
            text,
            every: v.optional(positiveDuration),
            expect: v.optional(choice(['echo', 'answer', 'nothing'])),
          }),
        ),
      }),
      v.check(
        ({ kind, send }) => send === undefined || kind === 'websocket',
        'a mapping with send only beside kind: websocket',
      ),
    ),
  ],
  'a path such as /orders, or a mapping with path',
)

/** What `hotlane verify` does, and what it asks. */
export const verify = mapping({
  rate: v.optional(wholeNumber('a number of requests per second, at least 1', 1)),
  duration: v.optional(duration),
  connections: v.optional(wholeNumber('a number of connections, at least 1', 1)),
  newConnections: v.optional(share),
  headers: v.optional(fields),
  ledger: v.optional(text),
  mix: v.optional(v.array(loadStep, 'a list of paths or mappings')),
  thresholds: v.optional(
    mapping({
      lost: v.optional(count),
      twice: v.optional(count),
      cut: v.optional(count),
      backwards: v.optional(count),
      success: v.optional(share),
      p50: v.optional(duration),
      p95: v.optional(duration),
      p99: v.optional(duration),
      max: v.optional(duration),
      p99During: v.optional(latencyBound),
      p99Switch: v.optional(latencyBound),
    }),
  ),
})

export type LoadSettings = v.InferOutput<typeof verify>
export type LoadStepSettings = v.InferOutput<typeof loadStep>
