import type { RecordSettings } from '../../model/recorded.ts'
import { isSecretName, isSecretText } from './secret.ts'

/** Longer ones are left out, so that what is kept is bounded. */
const longest = 2048

/**
 * Whether a target may be kept. With a secret in it, it is left out as a whole: without its secret the request would be
 * another one.
 */
export function isSafeTarget(target: string, { ignore, redact }: RecordSettings): boolean {
  if (target.length > longest || !target.startsWith('/')) return false
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  if (ignore.some((prefix) => isBelow(path, prefix))) return false
  if (path.split('/').some((segment) => isSecretText(decoded(segment)))) return false
  if (query === -1) return true
  const parameters = [...new URLSearchParams(target.slice(query + 1))]
  return !parameters.some(
    ([name, value]) => redact.includes(name.toLowerCase()) || isSecretName(name) || isSecretText(value),
  )
}

function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`) || path === prefix
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
