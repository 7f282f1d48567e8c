import { link, rm } from 'node:fs/promises'
import path from 'node:path'
import { platform } from 'node:process'
import type { Artifact } from '../model/artifact.ts'
import type { Build } from '../model/service.ts'
import { makeScratch } from '../support/scratch.ts'
import { hashGoProgram } from './build-id.ts'
import type { Builder, BuilderContext } from './builder.ts'
import { buildFailed } from './failure.ts'
import { type GoSettings, type GoSite, readGoSettings } from './go-command.ts'
import { goInputs } from './go-inputs.ts'
import { listPackages } from './go-packages.ts'
import { checkProgram } from './go-program.ts'
import { keepArtifact, latestArtifact } from './keep-artifact.ts'
import { runTool } from './run-tool.ts'
import { createTranscript } from './transcript.ts'

type GoBuild = Extract<Build, { readonly kind: 'go' }>

export interface GoService {
  readonly name: string
  /** Absolute. */
  readonly directory: string
  readonly build: GoBuild
}

interface Workplace {
  /** Where the program is written. */
  readonly scratch: string
  /** For what the Go command needs while it builds. */
  readonly temporary: string
  readonly settings: GoSettings
}

/** Builds with `go build`; the environment's settings are asked for once for as long as it stays the same. */
export function goBuilder(service: GoService, context: BuilderContext): Builder {
  const { build, name } = service
  let known: { readonly env: string; readonly settings: GoSettings } | undefined
  let newest: string | undefined

  async function siteFor(signal: AbortSignal): Promise<GoSite> {
    return { service: name, directory: build.directory, env: { ...(await context.env()), ...build.env }, signal }
  }

  async function settingsFor(site: GoSite): Promise<GoSettings> {
    const env = JSON.stringify(site.env)
    if (known?.env !== env) known = { env, settings: await readGoSettings(site) }
    return known.settings
  }

  async function compile(site: GoSite, { scratch, temporary, settings }: Workplace): Promise<Artifact> {
    const extension = platform === 'win32' ? '.exe' : ''
    const program = path.join(scratch, `program${extension}`)
    newest ??= await latestArtifact(context.artifacts, name)
    if (newest !== undefined) await offer(newest, program)
    const transcript = createTranscript()
    const exit = await runTool(['go', ...goBuildArgs(build, { threads: context.compilerThreads, settings, program })], {
      ...site,
      env: boundThreads({ ...site.env, GOTMPDIR: temporary }, context.compilerThreads),
      onLine: (line) => {
        transcript.add(line)
        context.output(line)
      },
    })
    if (exit.code !== 0) {
      throw buildFailed({ service: name, directory: build.directory, output: transcript.text(), exit })
    }
    await checkProgram(program, { service: name, package: build.package, path: path.join(context.artifacts, name) })
    const hash = await hashGoProgram(program, site.signal)
    const artifact = await keepArtifact(program, { directory: context.artifacts, service: name, hash, extension })
    newest = artifact.path
    return artifact
  }

  return {
    async build(signal) {
      signal.throwIfAborted()
      const site = await siteFor(signal)
      const scratch = await makeScratch(context.artifacts)
      let temporary = scratch
      try {
        const settings = await settingsFor(site)
        if (settings.GOTMPDIR !== '') temporary = await makeScratch(settings.GOTMPDIR)
        return await compile(site, { scratch, temporary, settings })
      } finally {
        // The Go command leaves its work there when it is ended by a signal.
        await rm(scratch, { recursive: true, force: true })
        await rm(temporary, { recursive: true, force: true })
      }
    },
    async inputs(signal) {
      const site = await siteFor(signal)
      const { GOWORK } = await readGoSettings(site)
      const packages = await listPackages(build, site)
      const workspace = GOWORK === '' || GOWORK === 'off' ? undefined : GOWORK
      const options = { service: service.directory, directory: build.directory, workspace }
      return packages === undefined ? undefined : goInputs(packages, options)
    },
  }
}

/** Arguments after `go`. The user's flags come later than ours, so that they win; where the program goes is never theirs. */
export function goBuildArgs(
  build: GoBuild,
  options: { readonly threads: number; readonly settings: GoSettings; readonly program: string },
): readonly string[] {
  const flags = [...build.flags, ...options.settings.GOFLAGS.split(/\s+/)]
  // The commit and "modified" stamped into the program would make another artifact of every commit with equal code.
  const stamp = flags.some((flag) => /^--?buildvcs\b/.test(flag)) ? [] : ['-buildvcs=false']
  return ['build', '-p', String(options.threads), ...stamp, ...build.flags, '-o', options.program, build.package]
}

/**
 * `-p` bounds how many tools run at once, GOMAXPROCS the threads of each. Two are left to a single tool even where the
 * bound is one, for the garbage collector beside it: on two idle cores an edit of a 20 MB Gin program took about 0.1 s
 * longer without (three runs); on busy ones no difference could be told.
 */
function boundThreads(env: Readonly<Record<string, string>>, threads: number): Readonly<Record<string, string>> {
  return { GOMAXPROCS: String(Math.max(2, threads)), ...env }
}

/**
 * Puts the newest artifact where the program will be written: the Go command sees by its build ID when nothing has changed
 * and does not link again (0.1 s instead of 0.7 s for a Gin program). A second name of the same file is enough, since the Go
 * command never writes into an existing program, which may be running, but replaces the name. Not on Windows, where the
 * name of a running program cannot be replaced. Where links fail, it links the program again.
 */
async function offer(newest: string, program: string): Promise<void> {
  if (platform === 'win32') return
  await link(newest, program).catch(() => undefined)
}
