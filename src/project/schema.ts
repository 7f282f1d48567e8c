import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import { listenForms } from './listen.ts'
import { gateway } from './schema-gateway.ts'
import { rollout } from './schema-rollout.ts'
import { verify } from './schema-verify.ts'
import {
  argv,
  choice,
  duration,
  env,
  flag,
  globs,
  line,
  mapping,
  portNumber,
  size,
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

/** JSON Schema (draft 7, which every editor reads) of `hotlane.yaml`, both forms in one. */
export function hotlaneSchema(): Readonly<Record<string, unknown>> {
  const both = mapping({ ...shortSchema.entries, services: fullSchema.entries.services })
  const { $schema, ...body } = toJsonSchema(both, { errorMode: 'ignore' })
  return { $schema, title: 'hotlane.yaml', ...body }
}
