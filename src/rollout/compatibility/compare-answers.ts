import type { Answer } from '../judge/ask.ts'
import { mergeShapes, type Shape, shapeOf } from './json-shape.ts'
import { differencesFrom } from './shape-difference.ts'

/** Undefined: the old release itself does not answer alike, so nothing can be said. */
export type Differences = readonly string[] | undefined

/**
 * How an answer of the new release differs from two of the old one, as a client would notice: status, media type, and the
 * shape of JSON. What differs between the two is the request's own variation, and is not held against the new release.
 */
export function differencesOf([first, second]: readonly [Answer, Answer], answer: Answer | Error): Differences {
  if (first.status !== second.status || !isGood(first)) return undefined
  if (answer instanceof Error) return [`got no answer: ${answer.message}`]
  if (answer.status !== first.status) return [`was answered with ${first.status} and is with ${answer.status}`]
  if (first.type !== second.type) return []
  if (answer.type !== first.type) return [`was ${typeOf(first)} and is ${typeOf(answer)}`]
  const shapes = [jsonShape(first), jsonShape(second)].filter((shape) => shape !== undefined)
  const [one, other = one] = shapes
  if (one === undefined || other === undefined || !answer.whole) return []
  const value = jsonOf(answer)
  return value === undefined
    ? ['was JSON and cannot be read as JSON']
    : differencesFrom(mergeShapes(one, other), value.json)
}

/** What fails on the old release proves nothing about the new one. */
function isGood({ status }: Answer): boolean {
  return status >= 200 && status <= 399
}

function typeOf({ type }: Answer): string {
  return type === '' ? 'without a media type' : type
}

function jsonShape(answer: Answer): Shape | undefined {
  const value = answer.whole ? jsonOf(answer) : undefined
  return value === undefined ? undefined : shapeOf(value.json)
}

/** JSON by its media type (RFC 6839 section 3.1) and by what it is. An answer to HEAD has none. */
function jsonOf({ type, body }: Answer): { readonly json: unknown } | undefined {
  if (!/^application\/(?:[^;]*\+)?json$/.test(type)) return undefined
  try {
    return { json: JSON.parse(body.toString()) }
  } catch {
    return undefined
  }
}
