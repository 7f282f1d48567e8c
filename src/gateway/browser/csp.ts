/** What Content-Security-Policy leaves to a script of the same origin that is put in a page. */
export type ScriptLicence =
  | { readonly kind: 'allowed'; readonly nonce?: string }
  | { readonly kind: 'forbidden'; readonly by: string }

/**
 * Reads all policies of a response (CSP level 3; each value may hold several, separated by commas). A nonce that a page
 * gives to its own scripts serves ours too. Sources by host or hash are not ours.
 */
export function licenceOf(values: readonly string[]): ScriptLicence {
  let nonce: string | undefined
  for (const policy of values.flatMap((value) => value.split(','))) {
    const directives = parsePolicy(policy)
    const script = firstOf(directives, ['script-src-elem', 'script-src', 'default-src'])
    if (script !== undefined) {
      const found = nonceOf(script.sources)
      if (found === undefined && !allowsSelf(script.sources)) return { kind: 'forbidden', by: script.name }
      nonce ??= found
    }
    const connect = firstOf(directives, ['connect-src', 'default-src'])
    if (connect !== undefined && !allowsSelf(connect.sources)) return { kind: 'forbidden', by: connect.name }
    const sandbox = directives.get('sandbox')
    if (sandbox !== undefined && !sandbox.includes('allow-scripts')) return { kind: 'forbidden', by: 'sandbox' }
  }
  return nonce === undefined ? { kind: 'allowed' } : { kind: 'allowed', nonce }
}

type Directives = ReadonlyMap<string, readonly string[]>

function parsePolicy(policy: string): Directives {
  const directives = new Map<string, readonly string[]>()
  for (const part of policy.split(';')) {
    const [name, ...sources] = part.trim().split(/\s+/)
    if (name === undefined || name === '' || directives.has(name.toLowerCase())) continue
    directives.set(name.toLowerCase(), sources)
  }
  return directives
}

function firstOf(
  directives: Directives,
  names: readonly string[],
): { name: string; sources: readonly string[] } | undefined {
  for (const name of names) {
    const sources = directives.get(name)
    if (sources !== undefined) return { name, sources }
  }
  return undefined
}

function nonceOf(sources: readonly string[]): string | undefined {
  for (const source of sources) {
    const nonce = /^'nonce-([A-Za-z0-9+/_=-]+)'$/i.exec(source)?.[1]
    if (nonce !== undefined) return nonce
  }
  return undefined
}

function allowsSelf(sources: readonly string[]): boolean {
  const low = sources.map((source) => source.toLowerCase())
  // With it the browser looks at nonces and hashes only.
  if (low.includes("'strict-dynamic'")) return false
  return low.some((source) => ["'self'", '*', 'http:', 'https:'].includes(source))
}
