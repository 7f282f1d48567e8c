const newline = 0x0a
const carriageReturn = 0x0d

/** The longest line that is told whole, in bytes; what is longer comes in pieces, so that memory stays bounded. */
export const maxLineBytes = 64 * 1024

export interface LineSplitter {
  write(chunk: Uint8Array): void
  /** Tells what follows the last line break, if anything does. */
  flush(): void
}

/**
 * Splits bytes into lines of UTF-8 text without their line breaks (LF or CRLF). A character that two chunks share stays
 * whole, and so does one at the cut of an overlong line; bytes that are no UTF-8 become U+FFFD. Escape sequences are text.
 */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  let rest = Buffer.alloc(0)
  const tell = (bytes: Buffer) => {
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length
    onLine(bytes.toString('utf8', 0, end))
  }
  return {
    write(chunk) {
      const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk])
      // What was kept holds no line break, so it need not be searched again.
      let searchFrom = rest.length
      let from = 0
      for (;;) {
        const end = bytes.indexOf(newline, searchFrom)
        while ((end === -1 ? bytes.length : end) - from > maxLineBytes) {
          const cut = boundaryBefore(bytes, from + maxLineBytes)
          onLine(bytes.toString('utf8', from, cut))
          from = cut
        }
        if (end === -1) break
        tell(bytes.subarray(from, end))
        from = end + 1
        searchFrom = from
      }
      rest = Buffer.from(bytes.subarray(from))
    },
    flush() {
      if (rest.length > 0) tell(rest)
      rest = Buffer.alloc(0)
    },
  }
}

/** Steps back over at most three continuation bytes (10xxxxxx), as many as one character has. */
function boundaryBefore(bytes: Buffer, at: number): number {
  for (let cut = at; cut > at - 4; cut--) if (((bytes[cut] ?? 0) & 0xc0) !== 0x80) return cut
  return at
}
