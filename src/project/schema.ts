import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { listenForms } from './listen.ts'
import { gateway } from './schema-gateway.ts'
import { rollout } from './schema-rollout.ts'
import {
  argv,
  choice,
  duration,
  env,
  fields,
  flag,
  globs,
  line,
  mapping,
  portNumber,
  positiveDuration,
  share,
  size,
  status,
  text,
  texts,
  urlPath,
  wholeNumber,
} from './schema-values.ts'

const tls = v.union(
  [v.literal('dev'), mapping({ cert: text, key: text })],
  'dev, or a mapping with the files cert and key',
)
const listen = v.union(
  [
    portNumber(0),
    text,
    mapping({ address: v.optional(v.union([portNumber(0), text], listenForms)), tls: v.optional(tls) }),
  ],
  `${listenForms}, or a mapping with address and tls`,
)
const step = v.union(
  [text, argv, mapping({ command: line, cwd: v.optional(text) })],
  'a shell line, a list of words, or a mapping with command and cwd',
)
const steps = v.union([text, v.array(step, 'a list of commands')], 'a shell line or a list of commands')

const build = v.union(
  [
    v.literal(false),
    text,
    argv,
    mapping({
      go: v.optional(text),
      debug: v.optional(v.union([flag, portNumber(1)], 'true, false or a port for the debugger')),
      race: v.optional(flag),
      symbols: v.optional(flag),
      flags: v.optional(texts),
      env: v.optional(env),
      command: v.optional(line),
      output: v.optional(text),
      verbose: v.optional(flag),
    }),
  ],
  'false, a shell line, a list of words, or a mapping with go or command',
)

const route = v.union(
  [urlPath, mapping({ host: v.optional(text), path: v.optional(urlPath) })],
  'a path such as /api, or a mapping with host and path',
)

const ready = v.union(
  [
    urlPath,
    mapping({
      path: v.optional(urlPath),
      kind: v.optional(choice(['auto', 'message', 'http', 'port'])),
      timeout: v.optional(duration),
    }),
  ],
  'a path such as /healthz, or a mapping with path or kind, and timeout',
)

const rule = mapping({
  name: v.optional(text),
  inputs: v.pipe(globs, v.minLength(1, 'at least one glob')),
  command: v.optional(step),
  outputs: v.optional(globs),
  action: v.optional(choice(['run', 'reload', 'restart', 'rebuild'])),
  ignorePatterns: v.optional(texts),
})

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

const verify = mapping({
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

const serviceWatch = {
  roots: v.optional(texts),
  include: v.optional(globs),
  ignore: v.optional(globs),
  ignorePatterns: v.optional(texts),
  gitignore: v.optional(flag),
  followLinks: v.optional(flag),
}

const projectWatch = {
  mode: v.optional(choice(['auto', 'native', 'poll'])),
  interval: v.optional(duration),
  settle: v.optional(duration),
}

const service = {
  path: v.optional(text),
  cwd: v.optional(text),
  build: v.optional(build),
  before: v.optional(steps),
  run: v.optional(line),
  after: v.optional(steps),
  args: v.optional(v.array(v.string('a word'), 'a list of words')),
  env: v.optional(env),
  envFiles: v.optional(texts),
  listen: v.optional(listen),
  direct: v.optional(flag),
  route: v.optional(route),
  port: v.optional(portNumber(1)),
  protocol: v.optional(choice(['http1', 'h2c'])),
  overlap: v.optional(choice(['auto', 'hold'])),
  ready: v.optional(ready),
  grace: v.optional(duration),
  drain: v.optional(duration),
  stopSignal: v.optional(choice(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'])),
  restart: v.optional(flag),
  reload: v.optional(flag),
  instances: v.optional(wholeNumber('a number of instances, at least 1', 1)),
  rollout: v.optional(rollout),
}

const project = {
  listen: v.optional(listen),
  limits: v.optional(
    mapping({
      threads: v.optional(wholeNumber('a number of threads, at least 1', 1)),
      cache: v.optional(size),
      priority: v.optional(choice(['normal', 'low'])),
    }),
  ),
  hooks: v.optional(mapping({ start: v.optional(steps), exit: v.optional(steps) })),
  quiet: v.optional(flag),
  clear: v.optional(flag),
  verify: v.optional(verify),
  rollout: v.optional(rollout),
  gateway: v.optional(gateway),
}

const serviceRest = { rules: v.optional(v.array(rule, 'a list of rules')) }
const serviceMapping = mapping({ ...service, watch: v.optional(mapping(serviceWatch)), ...serviceRest })
const services = v.pipe(
  v.record(v.string(), serviceMapping, 'a mapping of names to services'),
  v.check(
    (value) => Object.keys(value).every((name) => /^[A-Za-z0-9][\w-]*$/.test(name)),
    'a mapping whose names have only letters, digits, - and _',
  ),
)

/** `hotlane.yaml` with a mapping of services. */
export const fullSchema = mapping({
  ...project,
  services: v.optional(services),
  watch: v.optional(mapping(projectWatch)),
})

/** `hotlane.yaml` of one service, whose keys stand at top level. */
export const shortSchema = mapping({
  ...service,
  ...project,
  watch: v.optional(mapping({ ...serviceWatch, ...projectWatch })),
  ...serviceRest,
})

/**
 * Keys of a service that may stand at top level where there is no `services`. A `rollout` there is the project's, from which
 * its services have theirs, so it does not tell that there is but one.
 */
export const serviceKeys: readonly string[] = Object.keys({ ...service, ...serviceRest }).filter(
  (key) => key !== 'rollout',
)
export const serviceWatchKeys: readonly string[] = Object.keys(serviceWatch)

/** Settings as `hotlane.yaml` has them: checked, not yet filled up, paths as written. */
export type Settings = v.InferOutput<typeof fullSchema>
export type ServiceSettings = v.InferOutput<typeof serviceMapping>
export type ListenSettings = v.InferOutput<typeof listen>
export type TlsSettings = v.InferOutput<typeof tls>
export type StepSettings = v.InferOutput<typeof step>
export type BuildSettings = v.InferOutput<typeof build>
export type LoadSettings = v.InferOutput<typeof verify>
export type LoadStepSettings = v.InferOutput<typeof loadStep>

/** JSON Schema (draft 7, which every editor reads) of `hotlane.yaml`, both forms in one. */
export function hotlaneSchema(): Readonly<Record<string, unknown>> {
  const both = mapping({ ...shortSchema.entries, services: fullSchema.entries.services })
  const { $schema, ...body } = toJsonSchema(both, { errorMode: 'ignore' })
  return { $schema, title: 'hotlane.yaml', ...body }
}
