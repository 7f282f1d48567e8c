import type { RolloutMapping, RolloutSettings } from './schema-rollout.ts'

/** Parts of a rollout that belong to its strategy. */
const ofStrategy: ReadonlySet<string> = new Set(['steps', 'rules'])

/** A rollout as a mapping, whichever form it is written in. */
export function mappingOf(rollout: RolloutSettings | undefined): RolloutMapping {
  return typeof rollout === 'string' ? { strategy: rollout } : (rollout ?? {})
}

/**
 * A service's rollout, filled up key by key from the project's; lists are taken whole. Steps and rules of another strategy
 * than its own are left out.
 */
export function inherit(own: RolloutMapping, shared: RolloutMapping): RolloutMapping {
  return filled(own, withoutForeign(own, shared))
}

/** Where the values of a rollout came from that is inherited in part, by dotted path; `at` is where the service's own stands. */
export function inheritedOrigins(
  rollout: RolloutMapping,
  origins: ReadonlyMap<string, string>,
  at: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const tell = (value: unknown, keys: readonly string[]) => {
    if (isMapping(value)) {
      for (const [key, inner] of Object.entries(value)) tell(inner, [...keys, key])
      return
    }
    const from = [at, 'rollout']
      .map((root) => origins.get([root, ...keys].join('.')) ?? short(root, keys))
      .find(Boolean)
    if (from !== undefined) found.set([at, ...keys].join('.'), from)
  }
  // `rollout: canary` says the strategy; of a mapping nothing but its keys says anything.
  const short = (root: string, keys: readonly string[]) =>
    keys.join('.') === 'strategy' && ![...origins.keys()].some((key) => key.startsWith(`${root}.`))
      ? origins.get(root)
      : undefined
  tell(rollout, [])
  return found
}

function withoutForeign(mine: RolloutMapping, shared: RolloutMapping): RolloutMapping {
  if (mine.strategy === undefined || mine.strategy === shared.strategy) return shared
  return Object.fromEntries(Object.entries(shared).filter(([key]) => !ofStrategy.has(key)))
}

function filled<T extends object>(own: T, shared: T): T {
  const keys = new Set([...Object.keys(shared), ...Object.keys(own)]) as Set<keyof T>
  const entries = Array.from(keys, (key) => {
    const [mine, theirs]: readonly unknown[] = [own[key], shared[key]]
    if (isMapping(mine) && isMapping(theirs)) return [key, filled(mine, theirs)] as const
    return [key, mine ?? theirs] as const
  })
  return Object.fromEntries(entries) as T
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
