import type { Release } from '../model/release.ts'

/** One thing in which two releases differ. Absent on the side where it is not there. */
interface Difference {
  readonly key: string
  readonly before?: string
  readonly after?: string
}

/** Names that hold credentials by custom. Too wide rather than too narrow: only the value is left out. */
const secretName =
  /secret|token|passw|pwd|credential|private|api_?key|access_?key|auth|signature|dsn|cookie|session|(^|_)key($|_)|_url$|_uri$/i

/** What stands for a value that is not told. */
const untold = '(not shown)'

/**
 * What a person wants to know of two releases, by key, sorted. Of variables whose names look as if they held a secret it is
 * told that they differ, not what they hold; the same goes for addresses, which may have a password in them.
 */
export function differenceOf(before: Release, after: Release): readonly Difference[] {
  const [old, young] = [flatten(contentOf(before)), flatten(contentOf(after))]
  const keys = [...new Set([...old.keys(), ...young.keys()])].sort()
  return keys.flatMap((key) => {
    const [was, is] = [old.get(key), young.get(key)]
    if (was === is) return []
    return [
      {
        key,
        ...(was === undefined ? {} : { before: tell(key, was) }),
        ...(is === undefined ? {} : { after: tell(key, is) }),
      },
    ]
  })
}

function contentOf({ service, plan, artifact, environment }: Release): unknown {
  return { service, plan, artifact: { hash: artifact.hash }, environment }
}

/** Leaves by dotted path; lists by index. */
function flatten(value: unknown): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>()
  const walk = (at: string, part: unknown): void => {
    if (typeof part !== 'object' || part === null) {
      if (part !== undefined) leaves.set(at, typeof part === 'string' ? part : JSON.stringify(part))
      return
    }
    const entries = Object.entries(part)
    if (entries.length === 0 && at !== '') leaves.set(at, Array.isArray(part) ? '[]' : '{}')
    for (const [key, inner] of entries) walk(at === '' ? key : `${at}.${key}`, inner)
  }
  walk('', value)
  return leaves
}

function tell(key: string, value: string): string {
  const [area, ...rest] = key.split('.')
  const isVariable = area === 'environment' || (area === 'service' && /^(env|build\.env)\./.test(rest.join('.')))
  return isVariable && secretName.test(key) ? untold : value
}
