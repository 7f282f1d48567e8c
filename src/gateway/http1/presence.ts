/**
 * Which field names a head may have, as 32 bits: a name whose bit is not among them is in none of its lines, so that a look for
 * what most requests do not have costs nothing. Names in any case have the same bit.
 */
export function presenceBit(firstOctet: number, length: number): number {
  return 1 << ((length * 5 + (firstOctet | 0x20)) & 31)
}

export function presenceOf(...names: readonly string[]): number {
  return names.reduce((bits, name) => bits | presenceBit(name.charCodeAt(0), name.length), 0)
}
