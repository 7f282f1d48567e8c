interface Known {
  readonly bytes: Uint8Array
  readonly id: number
}

/** Finds the few field names that matter among all that pass, without making strings. */
export class Names {
  readonly #byLength: (readonly Known[])[] = []

  /** Names in lower case; their numbers are positive. */
  constructor(names: Readonly<Record<string, number>>) {
    const longest = Math.max(...Object.keys(names).map((name) => name.length))
    for (let length = 0; length <= longest; length++) this.#byLength.push([])
    for (const [name, id] of Object.entries(names))
      this.#byLength[name.length] = [...(this.#byLength[name.length] ?? []), { bytes: Buffer.from(name), id }]
  }

  /** Number of the name in any case, or 0. The octets have to be those of a token. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const candidates = this.#byLength[end - start]
    if (candidates === undefined) return 0
    for (const known of candidates) if (equalsIgnoringCase(bytes, start, known.bytes)) return known.id
    return 0
  }
}

/** Whether octets from `start` are these, of which letters are in lower case. */
export function equalsIgnoringCase(bytes: Uint8Array, start: number, low: Uint8Array): boolean {
  for (let index = 0; index < low.length; index++) {
    const octet = bytes[start + index] ?? 0
    const wanted = low[index] ?? 0
    if (octet === wanted) continue
    // Folding the case by a bit holds for letters only.
    if (wanted < 0x61 || wanted > 0x7a || (octet | 0x20) !== wanted) return false
  }
  return true
}
