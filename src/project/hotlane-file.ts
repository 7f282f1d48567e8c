import path from 'node:path'
import { check } from './check.ts'
import { detectProject, detectService } from './detect.ts'
import type { DetectPlace } from './detect-tree.ts'
import { type Draft, DraftWriter } from './draft.ts'
import type { KeyPath } from './levels.ts'
import { projectName } from './project-name.ts'
import { fullSchema, serviceKeys, serviceWatchKeys, shortSchema } from './schema.ts'
import type { LoadSettings } from './schema-verify.ts'
import { parseYaml, type YamlFile } from './yaml-file.ts'

/**
 * The draft of a `hotlane.yaml`. What it does not say about a service is detected in the service's directory; a file
 * without any service is applied to the services that are detected.
 * @throws HotlaneError HL1001 - HL1004, HL1008
 */
export async function readHotlaneFile(
  text: string,
  file: { readonly shown: string; readonly directory: string },
  place: DetectPlace,
  chosen: readonly string[],
): Promise<Draft> {
  const { yaml, value, full } = checkHotlaneFile(text, file.shown)
  const writer = new DraftWriter()
  const source = { kind: 'hotlane', file: file.shown } as const
  const content = value as Record<string, unknown>
  if (full) {
    copy(writer, yaml, content, { from: [], to: [] })
    // `services:` without anything below is as good as no services.
    if (isMapping(content['services'])) await complete(writer, content['services'], file.directory, place)
  } else if (serviceKeys.some((key) => key in content) || hasServiceWatch(content['watch'])) {
    const services = await shorthand(writer, yaml, content, file.directory)
    await complete(writer, services, file.directory, place)
  } else {
    copy(writer, yaml, content, { from: [], to: [] })
    return merged(writer, await detectProject(place, chosen), source)
  }
  return writer.finish(source, { base: file.directory, files: [] })
}

/** The content of a `hotlane.yaml` in one of its two forms, with the places of its parts. @throws HotlaneError HL1002 - HL1004 */
export function checkHotlaneFile(
  text: string,
  shown: string,
): {
  readonly yaml: YamlFile
  readonly value: unknown
  readonly full: boolean
  readonly verify: LoadSettings | undefined
} {
  const yaml = parseYaml(text, shown)
  const value = yaml.value ?? {}
  const full = isMapping(value) && 'services' in value
  const { verify } = check<typeof fullSchema | typeof shortSchema>(full ? fullSchema : shortSchema, value, yaml)
  return { yaml, value, full, verify }
}

/** Moves the keys of the one service to where they stand in the full form. */
async function shorthand(
  writer: DraftWriter,
  yaml: YamlFile,
  content: Readonly<Record<string, unknown>>,
  directory: string,
): Promise<Readonly<Record<string, unknown>>> {
  const name = await projectName(directoryOf(content, directory))
  const service: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(content)) {
    if (key === 'watch' && isMapping(value)) {
      for (const [inner, part] of Object.entries(value)) {
        const own = serviceWatchKeys.includes(inner)
        copy(writer, yaml, part, {
          from: ['watch', inner],
          to: own ? ['services', name, 'watch', inner] : ['watch', inner],
        })
      }
    } else if (serviceKeys.includes(key)) {
      service[key] = value
      copy(writer, yaml, value, { from: [key], to: ['services', name, key] })
    } else copy(writer, yaml, value, { from: [key], to: [key] })
  }
  writer.add(['services', name, 'path'], '.', 'default')
  return { [name]: service }
}

async function complete(
  writer: DraftWriter,
  services: Readonly<Record<string, unknown>>,
  base: string,
  place: DetectPlace,
): Promise<void> {
  for (const [name, value] of Object.entries(services)) {
    const service = isMapping(value) ? value : {}
    if ('build' in service) continue
    if ('run' in service) writer.set(['services', name, 'build'], false, 'default')
    else await detectService(writer, name, directoryOf(service, base), place)
  }
}

/** Copies a part of the file leaf by leaf, so that every value knows its line. */
function copy(
  writer: DraftWriter,
  yaml: YamlFile,
  value: unknown,
  way: { readonly from: KeyPath; readonly to: readonly string[] },
): void {
  if (!isMapping(value)) return writer.set(way.to, value, yaml.valuePosition(way.from))
  if (way.to.length > 0) writer.set(way.to, {}, yaml.keyPosition(way.from))
  for (const [key, inner] of Object.entries(value)) {
    copy(writer, yaml, inner, { from: [...way.from, key], to: [...way.to, key] })
  }
}

function merged(writer: DraftWriter, detected: Draft, source: Draft['source']): Draft {
  for (const [key, value] of Object.entries(detected.settings)) writer.add([key], value, 'detected')
  writer.notes.push(...detected.notes)
  return writer.finish(source, { base: detected.base, files: detected.files })
}

function directoryOf(service: Readonly<Record<string, unknown>>, base: string): string {
  return path.resolve(base, typeof service['path'] === 'string' ? service['path'] : '.')
}

function hasServiceWatch(watch: unknown): boolean {
  return isMapping(watch) && serviceWatchKeys.some((key) => key in watch)
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
