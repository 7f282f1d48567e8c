import path from 'node:path'
import type { Project } from '../model/project.ts'
import type { Build, Command, ListenAddress, Route, Rule, Service } from '../model/service.ts'
import { formatListen } from './listen.ts'
import type { BuildSettings, ListenSettings, ServiceSettings, Settings, StepSettings } from './schema.ts'

/**
 * A project in the form of `hotlane.yaml`, with every value given: read again from the project's root, it means the same
 * project.
 */
export function effectiveSettings(project: Project): Settings {
  return {
    services: Object.fromEntries(project.services.map((service) => [service.name, ofService(service, project.root)])),
    watch: {
      mode: project.watch.mode,
      interval: durationText(project.watch.pollMs),
      settle: durationText(project.watch.settleMs),
    },
    limits: {
      threads: project.limits.compilerThreads,
      cache: sizeText(project.limits.cacheBytes),
      priority: project.limits.lowPriority ? 'low' : 'normal',
    },
    hooks: {
      start: project.atStart.map((command) => ofCommand(command, project.root)),
      exit: project.atExit.map((command) => ofCommand(command, project.root)),
    },
    quiet: project.quiet,
    clear: project.clearOnRebuild,
  }
}

/** A duration in the largest unit that keeps it exact: `30s`, `500ms`. */
export function durationText(ms: number): string {
  return ms % 1000 === 0 && ms !== 0 ? `${ms / 1000}s` : `${ms}ms`
}

function ofService(service: Service, root: string): ServiceSettings {
  const { directory, workingDirectory, ready, watch } = service
  const run = service.run.kind === 'artifact' ? undefined : service.run.command
  return {
    path: relative(root, directory),
    cwd: relative(directory, workingDirectory),
    build: ofBuild(service.build, workingDirectory),
    before: service.before.map((command) => ofCommand(command, workingDirectory)),
    ...(run === undefined ? {} : { run: run.kind === 'shell' ? run.line : [...run.argv] }),
    after: service.after.map((command) => ofCommand(command, workingDirectory)),
    args: [...service.args],
    env: { ...service.env },
    envFiles: service.envFiles.map((file) => relative(directory, file)),
    listen: listenSetting(service.listen, root),
    route: ofRoute(service.route),
    ...(service.appPort === undefined ? {} : { port: service.appPort }),
    protocol: service.protocol ?? 'http1',
    overlap: service.overlap,
    ready: {
      kind: ready.kind,
      ...(ready.path === undefined ? {} : { path: ready.path }),
      timeout: durationText(ready.timeoutMs),
    },
    grace: durationText(service.stop.graceMs),
    drain: durationText(service.drainMs),
    // The schema lets no other signal through.
    stopSignal: service.stop.signal as NonNullable<ServiceSettings['stopSignal']>,
    restart: service.restartOnCrash,
    reload: service.browserReload,
    watch: {
      roots: watch.roots.map((each) => relative(directory, each)),
      include: [...watch.include],
      ignore: [...watch.ignore],
      ignorePatterns: [...watch.ignorePatterns],
      gitignore: watch.gitignore,
      followLinks: watch.followLinks,
    },
    rules: service.rules.map((rule) => ofRule(rule, workingDirectory)),
  }
}

function ofBuild(build: Build, directory: string): BuildSettings {
  if (build.kind === 'none') return false
  if (build.kind === 'go') {
    const { package: go, flags, env, debug, race } = build
    return {
      go,
      ...(debug === undefined ? {} : { debug: debug.port }),
      ...(race === undefined ? {} : { race }),
      flags: [...flags],
      env: { ...env },
    }
  }
  const step = ofCommand(build.command, directory)
  return {
    command: typeof step === 'string' || Array.isArray(step) ? step : step.command,
    ...(build.output === undefined ? {} : { output: relative(directory, build.output) }),
    ...(build.verbose === undefined ? {} : { verbose: build.verbose }),
  }
}

function ofRule(rule: Rule, directory: string): NonNullable<ServiceSettings['rules']>[number] {
  return {
    name: rule.name,
    inputs: [...rule.inputs],
    ...(rule.command === undefined ? {} : { command: ofCommand(rule.command, directory) }),
    outputs: [...rule.outputs],
    action: rule.action,
    ignorePatterns: [...rule.ignorePatterns],
  }
}

function ofCommand(command: Command, directory: string): StepSettings {
  const line = command.kind === 'shell' ? command.line : [...command.argv]
  if (command.directory === undefined || command.directory === directory) return line
  return { command: line, cwd: relative(directory, command.directory) }
}

function ofRoute(route: Route): NonNullable<ServiceSettings['route']> {
  return route.host === undefined ? route.path : { host: route.host, path: route.path }
}

function listenSetting(listen: ListenAddress, root: string): ListenSettings {
  const text = formatListen(listen)
  const address = /^\d+$/.test(text) ? Number(text) : text
  const { tls } = listen
  if (tls === undefined) return address
  if (tls.development === true) return { address, tls: 'dev' }
  return { address, tls: { cert: relative(root, tls.cert), key: relative(root, tls.key) } }
}

function sizeText(bytes: number): string {
  return bytes % 1_000_000 === 0 ? `${bytes / 1_000_000} MB` : `${bytes} B`
}

function relative(from: string, to: string): string {
  return path.relative(from, to).split(path.sep).join('/') || '.'
}
