import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Document } from 'yaml'
import type { Note } from '../model/project.ts'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf, exists } from '../support/files.ts'
import type { Draft } from './draft.ts'
import { type DraftOptions, readDraft } from './read-draft.ts'

export interface WrittenInit {
  /** Absolute. */
  readonly file: string
  readonly notes: readonly Note[]
}

/**
 * Writes the `hotlane.yaml` that means the same as the foreign settings file of a directory, or as what is detected there.
 * The foreign file is left as it is.
 * @throws HotlaneError HL1006 where there is a hotlane.yaml already, and as `loadProject`
 */
export async function writeInit(directory: string, options: DraftOptions): Promise<WrittenInit> {
  const root = path.resolve(directory)
  for (const name of ['hotlane.yml', 'hotlane.yaml']) {
    if (await exists(path.join(root, name))) throw present(name)
  }
  const draft = await readDraft(root, { ...options, foreignOnly: true })
  const file = path.join(root, 'hotlane.yaml')
  try {
    await writeFile(file, renderDraft(draft), { flag: 'wx' })
  } catch (cause) {
    throw errnoOf(cause) === 'EEXIST' ? present('hotlane.yaml') : cause
  }
  return { file, notes: draft.notes }
}

/** The text of the `hotlane.yaml` that a draft stands for: no more than it says. */
export function renderDraft(draft: Draft): string {
  const { services, ...rest } = draft.settings
  const document = new Document({ ...rest, services })
  const origin = draft.source.file === undefined ? 'what was found in this directory' : draft.source.file
  document.commentBefore = ` Written by "hotlane init" from ${origin}.`
  return document.toString({ lineWidth: 0 })
}

function present(file: string): HotlaneError {
  return new HotlaneError('HL1006', { params: { file } })
}
