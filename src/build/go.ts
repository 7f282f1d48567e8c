import { rm } from 'node:fs/promises'
import path from 'node:path'
import { platform } from 'node:process'
import type { Artifact } from '../model/artifact.ts'
import { exists } from '../support/files.ts'
import { Latest } from '../support/latest.ts'
import { makeScratch } from '../support/scratch.ts'
import { hashGoProgram } from './build-id.ts'
import type { Builder, BuilderContext, BuildInputs } from './builder.ts'
import type { PlanTarget } from './fast/ask-plan.ts'
import { FallBack } from './fast/fall-back.ts'
import { FastPath, type FastResult } from './fast/fast-path.ts'
import { whyNoFastPath } from './fast/supported.ts'
import { type GoSettings, type GoSite, readGoSettings } from './go-command.ts'
import { confirmFast } from './go-confirm.ts'
import { boundThreads, buildWithGo } from './go-full.ts'
import { goInputs } from './go-inputs.ts'
import { listPackages } from './go-packages.ts'
import { checkProgram } from './go-program.ts'
import { type GoBuild, goTarget } from './go-target.ts'
import { keepArtifact, latestArtifact } from './keep-artifact.ts'

export interface GoService {
  readonly name: string
  /** Absolute. */
  readonly directory: string
  readonly build: GoBuild
}

/** Where background work leaves its files. */
interface RestPlace {
  readonly scratch: string
  /** For what the Go command needs. */
  readonly temporary: string
}

const extension = platform === 'win32' ? '.exe' : ''

/** On the scale of nice(1): what nobody waits for, and all builds where the user wants them low. */
const lowPriority = 10

/**
 * Builds with `go build`, and where the Go command has told how, without it. It is asked how in the background, after it has
 * built; what was built without it is confirmed by it, in the background too.
 */
export function goBuilder(service: GoService, context: BuilderContext): Builder {
  const { build, name } = service
  const { compilerThreads: threads } = context
  const background = new Latest()
  let known: { readonly env: string; readonly settings: GoSettings } | undefined
  let fast: FastPath | undefined
  let newest: string | undefined
  let last: Artifact | undefined
  /** Of the last full build; a fast one has the same. */
  let inputs: BuildInputs | undefined

  const siteFor = async (signal: AbortSignal, priority = context.lowPriority ? lowPriority : 0): Promise<GoSite> => {
    const env = boundThreads({ ...(await context.env()), ...build.env }, threads)
    return { service: name, directory: build.directory, env, signal, priority }
  }

  /** What the Go command would use; asked again only where that may be another answer, since it takes its time. */
  const settingsFor = async (site: GoSite, anew: boolean): Promise<GoSettings> => {
    const env = JSON.stringify(site.env)
    if (anew || known?.env !== env) known = { env, settings: await readGoSettings(site) }
    return known.settings
  }

  const store = async (program: string, signal: AbortSignal): Promise<Artifact> => {
    const hash = await hashGoProgram(program, signal)
    return keepArtifact(program, { directory: context.artifacts, service: name, hash, extension })
  }

  const adopt = (artifact: Artifact): void => {
    last = artifact
    newest = artifact.path
  }

  const tryFast = async (target: PlanTarget, program: string, site: GoSite): Promise<FastResult> => {
    const why = whyNoFastPath(target, platform)
    if (why !== undefined) return { kind: 'none', why }
    if (fast === undefined) return { kind: 'none', why: 'nothing was built yet' }
    const result = await fast.build({ target, program, threads }, site)
    if (result.kind !== 'same' || (last?.path !== undefined && (await exists(last.path)))) return result
    return { kind: 'none', why: 'the last program is gone' }
  }

  /** Undefined where only the Go command can do it; that is told. */
  const buildFast = async (target: PlanTarget, scratch: string, site: GoSite): Promise<Artifact | undefined> => {
    const program = path.join(scratch, `fast${extension}`)
    try {
      const result = await tryFast(target, program, site)
      context.told({ kind: 'way', way: result.kind === 'none' ? 'full' : 'fast', why: result.why })
      if (result.kind === 'none') return undefined
      if (result.kind === 'same') return last
      const artifact = await store(program, site.signal)
      await result.keep()
      adopt(artifact)
      rest(async (path, place, at) => {
        const verdict = await confirmFast(path, { ...target, ...place, artifact, threads }, at)
        if (verdict !== undefined) context.told(verdict)
        // go build has put the same packages into Go's cache, from where a new plan takes them.
        if (verdict?.kind === 'confirmed' && (await path.bytes()) > context.cacheBytes) await plan(path, target, at)
      })
      return artifact
    } catch (error) {
      if (!(error instanceof FallBack)) throw error
      context.told({ kind: 'way', way: 'full', why: error.message })
      return undefined
    }
  }

  const buildFull = async (scratch: string, site: GoSite): Promise<Artifact> => {
    const settings = await settingsFor(site, true)
    const target = goTarget(build, settings)
    const program = path.join(scratch, `program${extension}`)
    newest ??= await latestArtifact(context.artifacts, name)
    await withTemporary(scratch, settings, (temporary) =>
      buildWithGo({ ...target, program, newest, threads, temporary, output: context.output }, site),
    )
    await checkProgram(program, { service: name, package: build.package, path: path.join(context.artifacts, name) })
    const artifact = await store(program, site.signal)
    adopt(artifact)
    inputs = undefined
    if (whyNoFastPath(target, platform) === undefined) rest((path, _, at) => plan(path, target, at))
    return artifact
  }

  const plan = async (path: FastPath, target: PlanTarget, site: GoSite): Promise<void> => {
    const began = performance.now()
    const missing = await path.plan(target, site)
    context.told({ kind: 'planned', ms: performance.now() - began, ...(missing === undefined ? {} : { missing }) })
  }

  /** In the background, at low priority; a newer build ends it. */
  const rest = (task: (fast: FastPath, place: RestPlace, site: GoSite) => Promise<void>): void => {
    void background
      .run(async (signal) => {
        fast ??= new FastPath(await makeScratch(context.artifacts))
        const path = fast
        const site = await siteFor(signal, lowPriority)
        const settings = await settingsFor(site, false)
        const scratch = await makeScratch(context.artifacts)
        try {
          await withTemporary(scratch, settings, (temporary) =>
            task(path, { scratch, temporary }, { ...site, env: { ...site.env, GOTMPDIR: temporary } }),
          )
        } finally {
          await rm(scratch, { recursive: true, force: true })
        }
      })
      .catch((error: unknown) => fast?.forget(`the background work failed: ${String(error)}`))
  }

  return {
    async build(signal) {
      signal.throwIfAborted()
      void background.stop()
      const site = await siteFor(signal)
      const scratch = await makeScratch(context.artifacts)
      try {
        const target = goTarget(build, await settingsFor(site, false))
        return (await buildFast(target, scratch, site)) ?? (await buildFull(scratch, site))
      } finally {
        // The Go command leaves its work there when it is ended by a signal.
        await rm(scratch, { recursive: true, force: true })
      }
    },
    async inputs(signal) {
      if (inputs !== undefined) return inputs
      const site = await siteFor(signal)
      const settings = await settingsFor(site, false)
      const packages = await listPackages(goTarget(build, settings), site)
      const workspace = settings.GOWORK === '' || settings.GOWORK === 'off' ? undefined : settings.GOWORK
      const options = { service: service.directory, directory: build.directory, workspace }
      inputs = packages === undefined ? undefined : goInputs(packages, options)
      return inputs
    },
    async close() {
      await background.stop()
      await fast?.close()
    },
  }
}

/** Gives the Go command a directory of its own where its environment says that it is to work. */
async function withTemporary<T>(
  scratch: string,
  settings: GoSettings,
  work: (temporary: string) => Promise<T>,
): Promise<T> {
  if (settings.GOTMPDIR === '') return work(scratch)
  const temporary = await makeScratch(settings.GOTMPDIR)
  try {
    return await work(temporary)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
