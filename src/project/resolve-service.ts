import path from 'node:path'
import type { Build, Ready, Route, Rule, Run, Service, WatchRules } from '../model/service.ts'
import { parseDurationMs } from '../support/duration.ts'
import type { Position } from '../support/errors.ts'
import { nameOutput, runCommand, toCommand, toCommands } from './commands.ts'
import { describeValue, raise } from './problem.ts'
import { checkDirect } from './resolve-direct.ts'
import type { BuildSettings, ServiceSettings } from './schema.ts'

export interface ServicePlace {
  /** Absolute directory to which the service's `path` is relative. */
  readonly base: string
  readonly platform: NodeJS.Platform
  readonly position: (path: string) => Position
}

/**
 * A service with every value effective and every path absolute; only its address is chosen later, beside the others'.
 * Inside a service paths are relative to its `path`, commands and their output to its `cwd`.
 * @throws HotlaneError HL1004 where values do not go together
 */
export function resolveService(name: string, settings: ServiceSettings, place: ServicePlace): Omit<Service, 'listen'> {
  const directory = path.resolve(place.base, settings.path ?? '.')
  const workingDirectory = path.resolve(directory, settings.cwd ?? '.')
  const at = `services.${name}`
  const isDirect = settings.direct === true
  if (isDirect) checkDirect(at, settings, place.position)
  const build = resolveBuild(settings.build ?? false, workingDirectory, { at: `${at}.build`, place })
  return {
    name,
    directory,
    build,
    before: toCommands(settings.before, workingDirectory),
    run: resolveRun(settings, build, workingDirectory, { at, place }),
    workingDirectory,
    args: settings.args ?? [],
    env: texts(settings.env),
    envFiles: (settings.envFiles ?? []).map((file) => path.resolve(directory, file)),
    route: resolveRoute(settings.route),
    ...(isDirect ? { direct: true as const } : {}),
    ...(settings.port === undefined ? {} : { appPort: settings.port }),
    ...(settings.protocol === 'h2c' ? { protocol: 'h2c' as const } : {}),
    // Two debuggers cannot listen on one port.
    overlap: build.kind === 'go' && build.debug !== undefined ? 'hold' : (settings.overlap ?? 'auto'),
    ready: resolveReady(settings.ready),
    stop: { signal: settings.stopSignal ?? 'SIGTERM', graceMs: milliseconds(settings.grace, 5000) },
    drainMs: milliseconds(settings.drain, 30_000),
    watch: resolveWatch(settings.watch ?? {}, directory, { at: `${at}.watch`, place }),
    rules: (settings.rules ?? []).map((rule, index) =>
      resolveRule(rule, index, workingDirectory, { at: `${at}.rules`, place }),
    ),
    after: toCommands(settings.after, workingDirectory),
    restartOnCrash: settings.restart ?? true,
    browserReload: settings.reload ?? !isDirect,
  }
}

/** Milliseconds of a duration that the schema has let through. */
export function milliseconds(duration: string | undefined, otherwise: number): number {
  return duration === undefined ? otherwise : (parseDurationMs(duration) ?? otherwise)
}

/** Where editors look for delve by default. */
const defaultDebugPort = 2345

/** Where a value stands, for errors. */
interface Where {
  readonly at: string
  readonly place: ServicePlace
}

function resolveBuild(settings: BuildSettings, directory: string, where: Where): Build {
  if (settings === false) return { kind: 'none' }
  if (typeof settings === 'string' || Array.isArray(settings)) {
    return { kind: 'command', command: toCommand(settings, directory) }
  }
  const { go, debug, race, symbols, flags, env, command, output, verbose } = settings
  if ((go === undefined) === (command === undefined)) mismatch(where, 'given either go or command', settings)
  if (command !== undefined) {
    if ([debug, race, symbols, flags, env].some((value) => value !== undefined))
      mismatch(where, 'without debug, race, symbols, flags and env where it has a command', settings)
    return {
      kind: 'command',
      command: toCommand(command, directory),
      ...(output === undefined ? {} : { output: path.resolve(directory, output) }),
      ...(verbose === undefined ? {} : { verbose }),
    }
  }
  if (output !== undefined || verbose !== undefined)
    mismatch(where, 'without output and verbose where it has go', settings)
  const port = debug === true ? defaultDebugPort : debug
  return {
    kind: 'go',
    directory,
    package: go ?? '.',
    flags: flags ?? [],
    env: texts(env),
    ...(typeof port === 'number' ? { debug: { port } } : {}),
    ...(race === undefined ? {} : { race }),
    ...(symbols === undefined ? {} : { symbols }),
  }
}

function resolveRun(settings: ServiceSettings, build: Build, directory: string, where: Where): Run {
  const output = build.kind === 'command' ? build.output : undefined
  if (settings.run === undefined) {
    if (build.kind === 'go' || output !== undefined) return { kind: 'artifact' }
    mismatch({ ...where, at: `${where.at}.run` }, 'a command, since the build names no output', undefined)
  }
  const command = runCommand(settings.run ?? [], directory, where.place.platform)
  return { kind: 'command', command: output === undefined ? command : nameOutput(command, output) }
}

function resolveReady(ready: ServiceSettings['ready']): Ready {
  const wanted = typeof ready === 'string' ? { path: ready } : (ready ?? {})
  const kind = wanted.kind ?? (wanted.path === undefined ? 'auto' : 'http')
  const probe = wanted.path ?? (kind === 'http' ? '/' : undefined)
  const timeout = typeof ready === 'string' ? undefined : ready?.timeout
  return { kind, ...(probe === undefined ? {} : { path: probe }), timeoutMs: milliseconds(timeout, 30_000) }
}

function resolveRoute(route: ServiceSettings['route']): Route {
  const { host, path: prefix = '/' } = typeof route === 'string' ? { path: route } : (route ?? {})
  return { ...(host === undefined ? {} : { host: host.toLowerCase() }), path: prefix }
}

function resolveWatch(watch: NonNullable<ServiceSettings['watch']>, directory: string, where: Where): WatchRules {
  return {
    roots: (watch.roots ?? ['.']).map((root) => path.resolve(directory, root)),
    include: watch.include ?? [],
    ignore: watch.ignore ?? [],
    ignorePatterns: patterns(watch.ignorePatterns, where),
    gitignore: watch.gitignore ?? true,
    followLinks: watch.followLinks ?? false,
  }
}

type RuleSettings = NonNullable<ServiceSettings['rules']>[number]

function resolveRule(rule: RuleSettings, index: number, directory: string, where: Where): Rule {
  return {
    name: rule.name ?? `rule-${index + 1}`,
    inputs: rule.inputs,
    ignorePatterns: patterns(rule.ignorePatterns, { ...where, at: `${where.at}.${index}` }),
    ...(rule.command === undefined ? {} : { command: toCommand(rule.command, directory) }),
    outputs: rule.outputs ?? [],
    action: rule.action ?? (rule.command === undefined ? 'restart' : 'run'),
  }
}

function patterns(list: readonly string[] | undefined, where: Where): readonly string[] {
  for (const pattern of list ?? []) {
    try {
      void new RegExp(pattern)
    } catch {
      mismatch({ ...where, at: `${where.at}.ignorePatterns` }, 'a list of regular expressions', pattern)
    }
  }
  return list ?? []
}

function texts(env: Readonly<Record<string, string | number | boolean>> | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, String(value)]))
}

function mismatch(where: Where, expected: string, actual: unknown): void {
  const params = { key: where.at, expected, actual: describeValue(actual) }
  raise([{ code: 'HL1004', params, position: where.place.position(where.at) }])
}
