/** Below this, a loop is cheaper than the two objects that node makes for a copy of a part of a buffer. */
const shortBytes = 192

/** Copies octets `[start, end)` to `at`; returns how many. The room has to be there. */
export function copyOctets(source: Buffer, start: number, end: number, out: Buffer, at: number): number {
  const length = end - start
  if (length > shortBytes) return source.copy(out, at, start, end)
  for (let index = 0; index < length; index++) out[at + index] = source[start + index] ?? 0
  return length
}
