import path from 'node:path'
import type { Plan } from '../model/plan.ts'
import type { GatewaySettings, Note, Project } from '../model/project.ts'
import { parseBytes } from '../support/bytes.ts'
import { parseDurationMs } from '../support/duration.ts'
import { HotlaneError } from '../support/errors.ts'
import { nearest } from '../support/nearest.ts'
import { toCommands } from './commands.ts'
import { defined } from './defined.ts'
import type { Draft } from './draft.ts'
import { inheritedOrigins } from './inherit-rollout.ts'
import type { LoadOptions } from './load.ts'
import { resolveListen } from './resolve-listen.ts'
import { resolvePlan } from './resolve-rollout.ts'
import { milliseconds, resolveService } from './resolve-service.ts'
import type { GatewayMapping } from './schema-gateway.ts'
import { candidates } from './sources.ts'

export interface Resolved {
  readonly project: Project
  /** Origins of what flags and the environment have decided, by dotted path. */
  readonly origins: ReadonlyMap<string, string>
}

/** Fills in defaults and flags. @throws HotlaneError HL1004, HL1007, HL7001 */
export function resolveProject(root: string, draft: Draft, options: LoadOptions): Resolved {
  const { settings } = draft
  const origins = new Map<string, string>()
  const place = { base: draft.base, platform: options.platform, position: draft.position }
  const names = chosenNames(draft, options.services ?? [])
  if (names.length === 0) throw new HotlaneError('HL1001', { params: { directory: draft.source.file ?? root } })
  const port = options.env['PORT']
  const addressed = resolveListen(
    names.map((name) => {
      const own = settings.services[name] ?? {}
      const listen = own.listen === undefined ? {} : { listen: own.listen }
      return { service: resolveService(name, own, place), ...listen }
    }),
    {
      position: draft.position,
      base: draft.base,
      root,
      ...(options.listen === undefined ? {} : { flag: options.listen }),
      ...(settings.listen === undefined ? {} : { listen: settings.listen }),
      ...(port === undefined ? {} : { port }),
    },
  )
  for (const { service, from } of addressed) {
    const shared = draft.origins.get('listen')
    const origin = from ?? (settings.services[service.name]?.listen === undefined ? shared : undefined)
    if (origin !== undefined) origins.set(`services.${service.name}.listen`, origin)
  }
  const args = options.args ?? []
  if (args.length > 0 && names.length > 1) {
    const what = `words after -- go to one service, and there are ${names.length}: ${names.join(', ')}`
    throw new HotlaneError('HL7001', { params: { what, help: 'hotlane dev --help' } })
  }
  if (args.length > 0) origins.set(`services.${names[0]}.args`, 'words after --')
  const services = addressed.map(({ service }) => Object.assign({}, service, { args: service.args.concat(args) }))
  const plans: Record<string, Plan> = {}
  for (const { name, workingDirectory: directory } of services) {
    const { rollout, instances, overlap } = settings.services[name] ?? {}
    const parts = { name, directory, ...defined({ rollout, instances, overlap }) }
    const { plan, given } = resolvePlan(parts, settings.rollout, draft.position)
    plans[name] = plan
    for (const [path, from] of inheritedOrigins(given, draft.origins, `services.${name}.rollout`))
      origins.set(path, from)
  }
  const directories = [root, draft.base, ...services.map((service) => service.directory)]
  const project: Project = {
    root,
    source: draft.source,
    services,
    limits: {
      lowPriority: settings.limits?.priority === 'low',
      compilerThreads: settings.limits?.threads ?? Math.max(1, options.cores - 1),
      cacheBytes: parseBytes(settings.limits?.cache ?? '256 MB') ?? 256_000_000,
    },
    watch: resolveWatch(draft, options, origins),
    notes: [...draft.notes, ...portNote(port)],
    settingsFiles: settingsFiles(directories, draft.files),
    atStart: toCommands(settings.hooks?.start, draft.base),
    atExit: toCommands(settings.hooks?.exit, draft.base),
    quiet: settings.quiet ?? false,
    clearOnRebuild: settings.clear ?? false,
    plans,
    gateway: resolveGateway(settings.gateway),
  }
  return { project, origins }
}

function resolveGateway(given: GatewayMapping = {}): GatewaySettings {
  const { workers, tellRelease = false, trustedProxies = [], maxConnections, maxConnectionsPerAddress } = given
  const { head, idle, body } = given.timeouts ?? {}
  const ms = (text: string | undefined) => (text === undefined ? undefined : parseDurationMs(text))
  return {
    ...defined({ workers, maxConnections, maxConnectionsPerAddress }),
    tellRelease,
    trustedProxies,
    timeouts: defined({ headMs: ms(head), idleMs: ms(idle), bodyIdleMs: ms(body) }),
  }
}

function chosenNames(draft: Draft, chosen: readonly string[]): readonly string[] {
  const known = Object.keys(draft.settings.services)
  for (const name of chosen) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const suggestion = near === undefined ? '' : `; did you mean ${near}?`
    throw new HotlaneError('HL1007', { params: { name, suggestion, known: known.join(', ') } })
  }
  return chosen.length === 0 ? known : known.filter((name) => chosen.includes(name))
}

function resolveWatch(draft: Draft, options: LoadOptions, origins: Map<string, string>): Project['watch'] {
  const { mode = 'auto', interval, settle } = draft.settings.watch ?? {}
  const polled = options.poll !== undefined && options.poll !== false
  if (polled) origins.set('watch.mode', 'flag --poll')
  if (typeof options.poll === 'number') origins.set('watch.interval', 'flag --poll')
  return {
    mode: polled ? 'poll' : mode,
    pollMs: typeof options.poll === 'number' ? options.poll : milliseconds(interval, 500),
    settleMs: milliseconds(settle, 20),
  }
}

function settingsFiles(directories: readonly string[], files: readonly string[]): readonly string[] {
  const manifests = ['go.mod', 'go.work', 'package.json']
  const [root = '', base = root, ...services] = directories
  const lookedFor = [root, base].flatMap((home) => candidates.map(({ name }) => path.join(home, name)))
  const found = [root, ...services].flatMap((home) => manifests.map((name) => path.join(home, name)))
  return [...new Set([...lookedFor, ...found, ...files])]
}

function portNote(port: string | undefined): readonly Note[] {
  if (port === undefined || port === '' || (/^\d+$/.test(port) && Number(port) <= 65_535)) return []
  return [{ text: `PORT in the environment is no port (${port}), so it was passed over.` }]
}
