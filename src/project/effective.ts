import type { Project } from '../model/project.ts'
import type { Plan } from '../model/plan.ts'
import type { Build, ListenAddress, Route, Rule, Service } from '../model/service.ts'
import { ofGateway, ofPlan } from './effective-rollout.ts'
import { durationText, ofCommand, relative } from './effective-values.ts'
import { formatListen } from './listen.ts'
import type { BuildSettings, ListenSettings, ServiceSettings, Settings } from './schema.ts'

/**
 * A project in the form of `hotlane.yaml`, with every value given: read again from the project's root, it means the same
 * project.
 */
export function effectiveSettings(project: Project): Settings {
  return {
    services: Object.fromEntries(
      project.services.map((service) => [service.name, ofService(service, project.root, project.plans[service.name])]),
    ),
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
    gateway: ofGateway(project.gateway, project.root),
  }
}

function ofService(service: Service, root: string, plan: Plan | undefined): ServiceSettings {
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
    direct: service.direct ?? false,
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
    ...(plan === undefined ? {} : { instances: plan.instances, rollout: ofPlan(plan, workingDirectory) }),
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
    const { package: go, flags, env, debug, race, symbols } = build
    return {
      go,
      ...(debug === undefined ? {} : { debug: debug.port }),
      ...(race === undefined ? {} : { race }),
      ...(symbols === undefined ? {} : { symbols }),
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
