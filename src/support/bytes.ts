const units = { B: 1, KB: 1000, MB: 1_000_000, GB: 1_000_000_000, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/** Bytes of a size such as `256 MB` or `64KiB`; undefined where the text is none. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(B|[KMG]i?B)$/.exec(text.trim())
  if (match === null) return undefined
  return Math.round(Number(match[1]) * units[match[2] as keyof typeof units])
}
