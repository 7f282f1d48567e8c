/** Wherever they stand in a name without its separators. */
const parts = /token|secret|passw|apikey|session|signature|credential|authoriz|cookie|bearer|jwt/
/** Words of a name; as parts of others (`monkey`, `design`, `author`) they mean nothing. */
const words: ReadonlySet<string> = new Set(['auth', 'code', 'key', 'otp', 'pass', 'pin', 'pwd', 'sid', 'sig'])

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const jwt = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/
/** Long texts of letters and digits without any order: keys, tokens, hashes of links that are sent by mail. */
const random = /^(?=.*[a-z])(?=.*\d)[\w+/=-]{32,}$/i

/** Whether a header field or a parameter of this name may hold what gives access. Rather once too often. */
export function isSecretName(name: string): boolean {
  const split = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
  return parts.test(split.join('')) || split.some((word) => words.has(word))
}

/** Whether a text may be what gives access by itself. */
export function isSecretText(text: string): boolean {
  return jwt.test(text) || (random.test(text) && !uuid.test(text))
}
