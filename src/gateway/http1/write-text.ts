/** Below this, a loop is cheaper than the call of node that writes a string. */
const shortLength = 192

/** Writes a text of one octet per character to `at`; returns how many. The room has to be there. */
export function writeText(text: string, out: Buffer, at: number): number {
  const { length } = text
  if (length > shortLength) return out.write(text, at, 'latin1')
  for (let index = 0; index < length; index++) out[at + index] = text.charCodeAt(index)
  return length
}
