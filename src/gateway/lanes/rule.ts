import type { LaneRule } from '../../model/table.ts'
import { findField, nextLine, valueOfField } from '../http1/find-field.ts'
import { presenceOf } from '../http1/presence.ts'
import { cookieOf } from './cookies.ts'
import { parametersOf } from './query.ts'
import type { LaneRequest } from './request.ts'

export type Matches = (request: LaneRequest) => boolean

/** Says of a request whether it shows what a rule looks for. */
export function compileRule(rule: LaneRule): Matches {
  switch (rule.kind) {
    case 'header':
      return headerRule(rule)
    case 'cookie':
      return cookieRule(rule)
    case 'query':
      return queryRule(rule)
  }
}

/** A field that is there more than once matches if one of its lines does; lists are not split. */
function headerRule({ name, value }: LaneRule): Matches {
  const low = Buffer.from(name.toLowerCase())
  const bit = presenceOf(name)
  const wanted = value === undefined ? undefined : octetsOf(value)
  return ({ outgoing, present }) => {
    if ((present & bit) === 0) return false
    for (let line = findField(outgoing, low, 0); line !== -1; line = findField(outgoing, low, nextLine(outgoing, line)))
      if (wanted === undefined || valueOfField(outgoing, line, low.length) === wanted) return true
    return false
  }
}

function cookieRule({ name, value }: LaneRule): Matches {
  const wanted = value === undefined ? undefined : octetsOf(value)
  return (request) => {
    const found = cookieOf(request, name)
    return found !== undefined && (wanted === undefined || found === wanted)
  }
}

function queryRule({ name, value }: LaneRule): Matches {
  return ({ target }) => {
    const found = parametersOf(target)?.getAll(name) ?? []
    return found.length > 0 && (value === undefined || found.includes(value))
  }
}

/** One character per octet of UTF-8, as values of fields are read. */
function octetsOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}
