import { rm } from 'node:fs/promises'
import path from 'node:path'
import { platform } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type { Artifact } from '../model/artifact.ts'
import { exists } from '../support/files.ts'
import { makeScratch } from '../support/scratch.ts'
import { hashGoProgram } from './build-id.ts'
import type { Builder, BuilderContext, BuildInputs } from './builder.ts'
import type { PlanTarget } from './fast/ask-plan.ts'
import { FallBack } from './fast/fall-back.ts'
import type { FastPath, FastResult } from './fast/fast-path.ts'
import { whyNoFastPath } from './fast/supported.ts'
import { GoBackground } from './go-background.ts'
import type { GoSettings, GoSite } from './go-command.ts'
import { confirmFast } from './go-confirm.ts'
import { buildWithGo } from './go-full.ts'
import { goInputs } from './go-inputs.ts'
import { GoLinker } from './go-linker.ts'
import { listPackages } from './go-packages.ts'
import { checkProgram } from './go-program.ts'
import { GoSites } from './go-sites.ts'
import { type GoService, goTarget, leanTarget } from './go-target.ts'
import { withTemporary } from './go-temporary.ts'
import { keepArtifact, latestArtifact } from './keep-artifact.ts'

/** From a build until an instance of it serves, as a rule: nothing else is done then. */
const servedMs = 50

const extension = platform === 'win32' ? '.exe' : ''

/**
 * Builds with `go build`, and where the Go command has told how, without it. It is asked how in the background, after it has
 * built; what was built without it is confirmed by it, in the background too.
 */
export function goBuilder(service: GoService, context: BuilderContext): Builder {
  const { build, name } = service
  const { compilerThreads: threads } = context
  const sites = new GoSites(service, context)
  const background = new GoBackground(context.artifacts, sites)
  const linker = new GoLinker(sites, context)
  /** Whether packages are compiled without DWARF: from when they all are, if that can be. */
  let lean: 'not yet' | 'yes' | 'never' = 'not yet'
  let newest: string | undefined
  let last: Artifact | undefined
  /** Of the last full build; a fast one has the same. */
  let inputs: BuildInputs | undefined

  const targetFor = (settings: GoSettings): PlanTarget => {
    const target = goTarget(build, settings)
    return lean === 'yes' ? (leanTarget(build, target) ?? target) : target
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
    if (background.fast === undefined) return { kind: 'none', why: 'nothing was built yet' }
    const result = await background.fast.build({ target, program, threads }, site)
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
      background.run(
        async (path, place, at) => {
          await setTimeout(servedMs, undefined, { signal: at.signal, ref: false })
          await linker.seat(path, at.signal)
          const verdict = await confirmFast(path, { ...target, ...place, artifact, threads }, at)
          if (verdict === undefined) return
          context.told(verdict)
          if (verdict.kind !== 'confirmed') return
          await improve(path, target, at)
          await linker.seat(path, at.signal)
        },
        { patient: true },
      )
      return artifact
    } catch (error) {
      if (!(error instanceof FallBack)) throw error
      context.told({ kind: 'way', way: 'full', why: error.message })
      return undefined
    }
  }

  const buildFull = async (scratch: string, site: GoSite): Promise<Artifact> => {
    const settings = await sites.settings(site, true)
    const target = targetFor(settings)
    const program = path.join(scratch, `program${extension}`)
    newest ??= await latestArtifact(context.artifacts, name)
    await withTemporary(scratch, settings, (temporary) =>
      buildWithGo({ ...target, program, newest, threads, temporary, output: context.output }, site),
    )
    await checkProgram(program, { service: name, package: build.package, path: path.join(context.artifacts, name) })
    const artifact = await store(program, site.signal)
    adopt(artifact)
    background.fast?.overtaken()
    inputs = undefined
    if (whyNoFastPath(target, platform) === undefined) {
      background.run(
        async (path, _, at) => {
          if (!(await plan(path, target, at))) return
          await linker.take(path, target, false, at)
          await linker.seat(path, at.signal)
        },
        { patient: false },
      )
    }
    return artifact
  }

  /** Resolves with whether there is a plan now. */
  const plan = async (path: FastPath, target: PlanTarget, site: GoSite): Promise<boolean> => {
    const began = performance.now()
    const missing = await path.plan(target, site)
    context.told({ kind: 'planned', ms: performance.now() - began, ...(missing === undefined ? {} : { missing }) })
    return missing === undefined
  }

  /**
   * While there is time, what makes later builds faster: first a linker that waits, which gains the most and is made the soonest,
   * then a better plan for the same sources.
   */
  const improve = async (path: FastPath, target: PlanTarget, site: GoSite): Promise<void> => {
    await linker.take(path, target, true, site)
    const better = lean === 'not yet' ? leanTarget(build, target) : undefined
    if (better !== undefined) {
      lean = (await plan(path, better, site)) ? 'yes' : 'never'
    } else if ((await path.bytes()) > context.cacheBytes) {
      // go build has put the same packages into Go's cache, from where a new plan takes them.
      await plan(path, target, site)
    }
  }

  return {
    async build(signal) {
      signal.throwIfAborted()
      void background.stop()
      const site = await sites.at(signal)
      const scratch = await makeScratch(context.artifacts)
      try {
        const target = targetFor(await sites.settings(site))
        return (await buildFast(target, scratch, site)) ?? (await buildFull(scratch, site))
      } finally {
        // The Go command leaves its work there when it is ended by a signal.
        await rm(scratch, { recursive: true, force: true })
      }
    },
    async inputs(signal) {
      if (inputs !== undefined) return inputs
      const site = await sites.at(signal)
      const settings = await sites.settings(site)
      const packages = await listPackages(goTarget(build, settings), site)
      const workspace = settings.GOWORK === '' || settings.GOWORK === 'off' ? undefined : settings.GOWORK
      const options = { service: service.directory, directory: build.directory, workspace }
      inputs = packages === undefined ? undefined : goInputs(packages, options)
      return inputs
    },
    async close() {
      await background.close()
    },
  }
}
