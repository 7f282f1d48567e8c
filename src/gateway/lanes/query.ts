/**
 * Parameters of a request target's query (WHATWG URL section 5.1: percent-encoded UTF-8, `+` is a space); undefined where
 * there is no query. The target has one character per octet.
 */
export function parametersOf(target: string): URLSearchParams | undefined {
  const start = target.indexOf('?')
  if (start === -1) return undefined
  // Octets beyond ASCII are sent by some as they are.
  return new URLSearchParams(Buffer.from(target.slice(start + 1), 'latin1').toString())
}
