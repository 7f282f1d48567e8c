import type { Emit } from '../../model/event.ts'
import type { Project } from '../../model/project.ts'
import { summarize } from '../summarize.ts'

/** Tells what the settings come to. */
export function tellProject({ root, source, services, quiet, clearOnRebuild, notes }: Project, emit: Emit): void {
  const found = { root, source: source.file ?? source.kind, services: services.map(summarize) }
  emit({ type: 'project.loaded', ...found, quiet, clearOnRebuild })
  for (const note of notes) emit({ type: 'project.note', note })
}

/** Tells of a service that is served and that the settings do not name. */
export function tellForgotten(name: string, emit: Emit): void {
  const text = `service ${name} is not in the settings any more; it is served as before until "hotlane down"`
  emit({ type: 'project.note', note: { text } })
}
