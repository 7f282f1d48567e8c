/** Lines kept of each end of an output that is longer than both. */
const keptLines = 500

/** A tool's output for an error: whole where it is short, else its beginning and its end, so that memory stays bounded. */
export interface Transcript {
  readonly add: (line: string) => void
  readonly text: () => string
}

export function createTranscript(): Transcript {
  const head: string[] = []
  let tail: string[] = []
  let left = 0
  return {
    add(line) {
      if (head.length < keptLines) {
        head.push(line)
        return
      }
      tail.push(line)
      if (tail.length < 2 * keptLines) return
      left += keptLines
      tail = tail.slice(keptLines)
    },
    text: () => [...head, ...(left === 0 ? [] : [`... ${left} lines left out ...`]), ...tail].join('\n'),
  }
}
