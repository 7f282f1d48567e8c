/** One effective value and where it came from. */
export interface Origin {
  /** Dotted: `services.orders.ready.path`. */
  readonly path: string
  readonly value: unknown
  /** `default`, `detected`, `flag --listen`, `environment PORT`, or `file:line:column`. */
  readonly from: string
}

/**
 * The leaves of settings (lists and empty mappings count as one) with their origins. Where only a part above was given
 * as a whole, such as `ready: /healthz`, its origin counts for what that text says.
 */
export function originsOf(settings: unknown, origins: ReadonlyMap<string, string>, at = ''): readonly Origin[] {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    return [{ path: at, value: settings, from: originOf(at, origins) }]
  }
  const entries = Object.entries(settings)
  if (entries.length === 0) return [{ path: at, value: settings, from: originOf(at, origins) }]
  return entries.flatMap(([key, value]) => originsOf(value, origins, at === '' ? key : `${at}.${key}`))
}

/** Shorthands: keys that a text in place of their mapping gives. */
const said: Readonly<Record<string, readonly string[]>> = {
  build: ['command'],
  ready: ['kind', 'path'],
  route: ['path'],
}

function originOf(path: string, origins: ReadonlyMap<string, string>): string {
  const own = origins.get(path)
  if (own !== undefined) return own
  const parts = path.split('.')
  const key = parts.pop() ?? ''
  const above = parts.at(-1) ?? ''
  // A mapping given in part leaves its other keys at their defaults; a text or a mapping given as a whole says all.
  const whole = origins.get(parts.join('.'))
  const partial = [...origins.keys()].some((other) => other.startsWith(`${parts.join('.')}.`))
  if (whole === undefined || partial) return 'default'
  return said[above] === undefined || said[above].includes(key) ? whole : 'default'
}
