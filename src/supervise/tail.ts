/** The last lines of an output: pushes lines, keeps the newest that fit into `maxBytes` (at least the last). */
export interface Tail {
  readonly push: (line: string) => void
  readonly text: () => string
}

/** How much of an instance's output is kept, for what is told when it fails. */
export const tailBytes = 8 * 1024

export function keepTail(maxBytes: number): Tail {
  const lines: { readonly line: string; readonly bytes: number }[] = []
  let total = 0
  return {
    push(line) {
      const bytes = Buffer.byteLength(line) + 1
      // A single line beyond the bound is kept by its end, where the cause usually stands.
      const kept =
        bytes > maxBytes
          ? Buffer.from(line)
              .subarray(-maxBytes + 4)
              .toString('utf8')
              .replace(/^\uFFFD+/, '')
          : line
      lines.push({ line: kept, bytes: Math.min(bytes, maxBytes) })
      total += Math.min(bytes, maxBytes)
      while (total > maxBytes) total -= lines.shift()?.bytes ?? 0
    },
    text: () => lines.map(({ line }) => line).join('\n'),
  }
}
