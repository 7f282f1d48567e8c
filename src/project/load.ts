import path from 'node:path'
import type { Project } from '../model/project.ts'
import type { Draft } from './draft.ts'
import { effectiveSettings } from './effective.ts'
import { type Origin, originsOf } from './origins.ts'
import { type DraftOptions, readDraft } from './read-draft.ts'
import { resolveProject } from './resolve-project.ts'
import type { Settings } from './schema.ts'

export interface LoadOptions extends DraftOptions {
  /** `--listen`. */
  readonly listen?: string
  /** `--poll`: true, or the interval in milliseconds. */
  readonly poll?: boolean | number
  /** Words after `--`, appended to the arguments of the one service. */
  readonly args?: readonly string[]
  readonly cores: number
}

export interface LoadedProject {
  readonly project: Project
  /** Every effective value with its origin, in the order of `renderSettings`. */
  readonly origins: readonly Origin[]
  /** The effective settings in the form of `hotlane.yaml`. */
  readonly settings: Settings
}

/**
 * The project in a directory: from `hotlane.yaml`, else from a settings file of air, fresh or realize, else from what the
 * tree holds. Nothing is written.
 * @throws HotlaneError HL1001 - HL1005, HL1007, HL1008 (settings), HL7001 (flags)
 */
export async function loadProject(directory: string, options: LoadOptions): Promise<LoadedProject> {
  const root = path.resolve(directory)
  return finishProject(root, await readDraft(root, options), options)
}

/** What a draft comes to, for who has one already. @throws as `loadProject` */
export function finishProject(root: string, draft: Draft, options: LoadOptions): LoadedProject {
  const resolved = resolveProject(root, draft, options)
  const { verify } = draft.settings
  const settings = { ...effectiveSettings(resolved.project), ...(verify === undefined ? {} : { verify }) }
  const origins = originsOf(settings, new Map([...draft.origins, ...resolved.origins]))
  return { project: resolved.project, origins, settings }
}
