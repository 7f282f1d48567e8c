import * as v from 'valibot'
import type { Note, SettingsSource } from '../model/project.ts'
import type { Position } from '../support/errors.ts'
import { formatPosition, HotlaneError } from '../support/errors.ts'
import { fullSchema, type ServiceSettings, type Settings } from './schema.ts'

/**
 * Settings in the form of `hotlane.yaml`, from whatever they were read: so every source can be written as that file, and
 * there is one place where defaults are filled in.
 */
export interface Draft {
  readonly settings: Settings & { readonly services: Readonly<Record<string, ServiceSettings>> }
  /** Where values came from, by dotted path. A value without an entry came with the nearest part above it. */
  readonly origins: ReadonlyMap<string, string>
  readonly notes: readonly Note[]
  readonly source: SettingsSource
  /** Absolute directory to which `path` of a service is relative. */
  readonly base: string
  /** Absolute files whose change must reload the project, besides those that are always looked for. */
  readonly files: readonly string[]
  readonly position: (path: string) => Position
}

/** Where a value came from: a word such as `detected`, or a place in a file. */
export type From = string | Position

/** Collects settings value by value, each with its origin. */
export class DraftWriter {
  readonly #root: Record<string, unknown> = {}
  readonly #origins = new Map<string, string>()
  readonly #positions = new Map<string, Position>()
  readonly notes: Note[] = []

  /** Sets a value, a mapping key by key; `undefined` is passed over. */
  set(path: readonly string[], value: unknown, from: From): void {
    if (value === undefined) return
    let node = this.#root
    for (const part of path.slice(0, -1)) node = (node[part] ??= {}) as Record<string, unknown>
    node[String(path.at(-1))] = isMapping(value) ? {} : value
    this.#origins.set(path.join('.'), typeof from === 'string' ? from : formatPosition(from))
    if (typeof from !== 'string') this.#positions.set(path.join('.'), from)
    if (isMapping(value)) for (const [key, inner] of Object.entries(value)) this.set([...path, key], inner, from)
  }

  /** Sets a value where none is yet; mappings are filled up key by key. */
  add(path: readonly string[], value: unknown, from: From): void {
    const present = path.reduce<unknown>((node, part) => (isMapping(node) ? node[part] : undefined), this.#root)
    if (present === undefined) this.set(path, value, from)
    else if (isMapping(present) && isMapping(value)) {
      for (const [key, inner] of Object.entries(value)) this.add([...path, key], inner, from)
    }
  }

  /** Adds an item to a list, whose origin is that of its first item. */
  append(path: readonly string[], item: unknown, from: From): void {
    const present = path.reduce<unknown>((node, part) => (isMapping(node) ? node[part] : undefined), this.#root)
    if (Array.isArray(present)) present.push(item)
    else this.set(path, [item], from)
  }

  note(text: string, position?: Position): void {
    this.notes.push(position === undefined ? { text } : { text, position })
  }

  /** Of a value that is missing: the place of what it is missing in, or of the first value beside it. */
  #nearestPosition(path: string): Position | undefined {
    for (let at = path; at !== ''; at = at.replace(/\.?[^.]*$/, '')) {
      const beside = [...this.#positions].find(([key]) => key === at || key.startsWith(`${at}.`))
      if (beside !== undefined) return this.#positions.get(at) ?? beside[1]
    }
    return undefined
  }

  finish(source: SettingsSource, place: { readonly base: string; readonly files: readonly string[] }): Draft {
    const checked = v.safeParse(fullSchema, this.#root)
    // What an importer writes has been checked by it, so a mismatch is a fault of ours.
    if (!checked.success) {
      const [issue] = checked.issues
      throw new HotlaneError('HL9001', { params: { what: `${v.getDotPath(issue) ?? 'settings'}: ${issue.message}` } })
    }
    const { services, ...rest } = checked.output
    return {
      settings: { ...rest, services: services ?? {} },
      origins: this.#origins,
      notes: this.notes,
      source,
      ...place,
      position: (path) => this.#nearestPosition(path) ?? { file: source.file ?? place.base },
    }
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
