import { Document, isMap, isScalar, isSeq, type Node } from 'yaml'
import type { LoadedProject } from './load.ts'
import type { Origin } from './origins.ts'

/** The effective settings as YAML, each value with its origin in a comment behind it; readable as a `hotlane.yaml`. */
export function renderSettings(loaded: Pick<LoadedProject, 'settings' | 'origins'>): string {
  const from = new Map(loaded.origins.map((origin) => [origin.path, origin.from]))
  const document = new Document(loaded.settings)
  annotate(document.contents, '', from)
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

/** The same for programs: `{ settings, origins: { path: from } }`. */
export function renderJson(loaded: Pick<LoadedProject, 'settings' | 'origins'>): string {
  const origins = Object.fromEntries(loaded.origins.map((origin: Origin) => [origin.path, origin.from]))
  return `${JSON.stringify({ settings: loaded.settings, origins }, null, 2)}\n`
}

function annotate(node: unknown, at: string, from: ReadonlyMap<string, string>): void {
  if (isMap(node) && node.items.length > 0) {
    for (const item of node.items) {
      const key = isScalar(item.key) ? String(item.key.value) : ''
      annotate(item.value, at === '' ? key : `${at}.${key}`, from)
    }
    return
  }
  const origin = from.get(at)
  if (isSeq(node) || isMap(node)) node.flow = true
  if (origin !== undefined) (node as Node).comment = ` ${origin}`
}
