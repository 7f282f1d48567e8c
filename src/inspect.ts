import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { createBuilder } from './build/create.ts'
import type { BuildInputs } from './build/builder.ts'
import type { Service } from './model/service.ts'
import type { VerifySettings } from './model/verify.ts'
import { writeInit } from './project/init.ts'
import { type LoadOptions, loadProject } from './project/load.ts'
import { renderJson, renderSettings } from './project/render.ts'
import { loadVerifySettings } from './project/verify.ts'
import { judgeFile } from './rollout/impact.ts'
import { environmentOf, realEnvironment } from './session/environment.ts'
import { goDirectoryOf, ignoreOf, takesInput, unwatchedWhy } from './session/development/watched.ts'
import { socketPath } from './store/state.ts'

/** Questions about a project that need no running session. */
export interface InspectOptions {
  readonly configFile?: string
}

function loadOptions(options: InspectOptions): LoadOptions {
  return { ...options, platform: process.platform, env: process.env, cores: availableParallelism() }
}

/** Effective settings as YAML or JSON, each with its origin. @throws HotlaneError HL1001 to HL1007 */
export async function printableSettings(
  directory: string,
  options: InspectOptions & { readonly json: boolean },
): Promise<string> {
  const { json, ...rest } = options
  const loaded = await loadProject(directory, loadOptions(rest))
  return json ? renderJson(loaded) : renderSettings(loaded)
}

/** Writes hotlane.yaml. @throws HotlaneError HL1006 */
export function initialize(directory: string, options: InspectOptions): ReturnType<typeof writeInit> {
  return writeInit(directory, loadOptions(options))
}

/** Control socket of the session that serves a directory, or that keeps its state in `state`. */
export function locateSocket(directory: string, platform: NodeJS.Platform, state?: string): string {
  return socketPath(path.resolve(directory, state ?? '.hotlane'), platform)
}

export interface Explanation {
  readonly service: string
  readonly impact: string
  readonly why: string
}

/** What a change of the file would do to each service, and why. */
export async function explain(
  file: string,
  directory: string,
  options: InspectOptions,
): Promise<readonly Explanation[]> {
  const { project } = await loadProject(directory, loadOptions(options))
  if (project.settingsFiles.includes(file)) {
    return [{ service: 'project', impact: 'project', why: 'settings file: the project is read again' }]
  }
  const answers: Explanation[] = []
  for (const service of project.services) {
    const ignore = ignoreOf(service)
    const inputs = await inputsOf(service)
    const { impact, why } = judgeFile(
      { path: file, kind: 'changed' },
      {
        service,
        unwatched: (path) => unwatchedWhy({ service, ignore, outside: inputs?.roots ?? [] }, path),
        goDirectory: (path) => goDirectoryOf(service, path),
        ...(inputs === undefined ? {} : { affects: inputs.affects }),
        buildFailed: false,
        takes: (rule, path) => takesInput(service, rule, path),
      },
    )
    answers.push({ service: service.name, impact, why })
  }
  return answers
}

async function inputsOf(service: Service): Promise<BuildInputs | undefined> {
  const artifacts = await mkdtemp(path.join(tmpdir(), 'hotlane-'))
  try {
    const builder = createBuilder(service, {
      artifacts,
      compilerThreads: 1,
      cacheBytes: 0,
      lowPriority: false,
      env: () => environmentOf(service, realEnvironment(process.env), () => undefined),
      output: () => undefined,
      told: () => undefined,
    })
    return await builder.inputs(new AbortController().signal).catch(() => undefined)
  } finally {
    await rm(artifacts, { recursive: true, force: true })
  }
}

/** The section `verify` of the settings; empty where there is no settings file of hotlane's. @throws HotlaneError HL1001 to HL1008 */
export async function verifySettings(directory: string, options: InspectOptions): Promise<VerifySettings> {
  return loadVerifySettings(directory, loadOptions(options))
}
