import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { HotlaneError, type Position } from '../support/errors.ts'
import type { KeyPath } from './levels.ts'

/** A YAML document with the places of its parts. */
export interface YamlFile {
  readonly value: unknown
  /** Where a key stands; the nearest part above it that has a place where it comes from an anchor or a merge. */
  readonly keyPosition: (path: KeyPath) => Position
  readonly valuePosition: (path: KeyPath) => Position
}

/** Reads YAML 1.2 text. @throws HotlaneError HL1002 with the position of the first mistake */
export function parseYaml(text: string, file: string): YamlFile {
  const counter = new LineCounter()
  // A document is settings of a person's own machine, but aliases that multiply are still bounded by the library.
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, merge: true })
  const position = (offset: number): Position => {
    const { line, col } = counter.linePos(offset)
    return { file, line, column: col }
  }
  const [mistake] = document.errors
  if (mistake !== undefined) {
    throw new HotlaneError('HL1002', {
      params: { file, format: 'YAML', reason: mistake.message },
      position: position(mistake.pos[0]),
      cause: mistake,
    })
  }
  const find = (path: KeyPath, wanted: 'key' | 'value'): Position => {
    let node: unknown = document.contents
    let offset = (document.contents as Node | null)?.range?.[0] ?? 0
    for (const [depth, part] of path.entries()) {
      const last = depth === path.length - 1
      const step = child(isAlias(node) ? node.resolve(document) : node, part)
      if (step === undefined) break
      const target = last && wanted === 'key' ? (step.key ?? step.value) : (step.value ?? step.key)
      offset = (target as Node | null | undefined)?.range?.[0] ?? offset
      node = step.value
    }
    return position(offset)
  }
  return {
    value: read(document, file, position),
    keyPosition: (path) => find(path, 'key'),
    valuePosition: (path) => find(path, 'value'),
  }
}

function read(
  document: ReturnType<typeof parseDocument>,
  file: string,
  position: (offset: number) => Position,
): unknown {
  try {
    return document.toJS()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HotlaneError('HL1002', {
      params: { file, format: 'YAML', reason },
      position: position(unresolvedAlias(document)),
      cause,
    })
  }
}

/** Where an alias without an anchor stands: the one mistake that shows only when values are made. */
function unresolvedAlias(document: ReturnType<typeof parseDocument>): number {
  let offset = 0
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined
      offset = alias.range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return offset
}

function child(node: unknown, part: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) return { value: node.items[Number(part)] }
  if (!isMap(node)) return undefined
  const pair = node.items.find((item) => (isScalar(item.key) ? String(item.key.value) : undefined) === String(part))
  return pair === undefined ? undefined : { key: pair.key, value: pair.value }
}
