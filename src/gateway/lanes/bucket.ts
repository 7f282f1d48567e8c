/** Clients are dealt out over so many buckets, so one of them is a basis point. */
export const allBuckets = 10_000

const prime = 0x01000193

/** Start of a hash that deals the same keys out otherwise for another salt. */
export function seedOf(salt: string): number {
  return mix(absorb(0x811c9dc5, salt))
}

/** The bucket of a key, 0 to 9,999: FNV-1a, whose last bits are then mixed as MurmurHash3 does. */
export function bucketOf(key: string, seed: number): number {
  return Math.floor((mix(absorb(seed, key)) / 2 ** 32) * allBuckets)
}

/**
 * Moves buckets to other places, each to one of its own, so that a bucket that a client keeps for years does not mean that it
 * is among the first to try every release.
 */
export function shuffleOf(seed: number): (bucket: number) => number {
  let factor = seed % allBuckets
  while (factor % 2 === 0 || factor % 5 === 0) factor = (factor + 1) % allBuckets
  const offset = mix(seed ^ prime) % allBuckets
  return (bucket) => (bucket * factor + offset) % allBuckets
}

function absorb(start: number, text: string): number {
  let hash = start
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), prime)
  return hash >>> 0
}

function mix(value: number): number {
  let hash = value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
