import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/**
 * The last lines of a file, at most so many bytes of them, none from before the offset `from`. Empty where the file cannot
 * be read. Synchronous, since it is asked for where an error is being made.
 */
export function logTail(file: string, maxBytes: number, from: number): string {
  let descriptor
  try {
    descriptor = openSync(file, 'r')
  } catch {
    return ''
  }
  try {
    const { size } = fstatSync(descriptor)
    const start = Math.max(from, size - maxBytes)
    const bytes = Buffer.alloc(Math.max(0, size - start))
    const read = readSync(descriptor, bytes, 0, bytes.length, start)
    const text = bytes.toString('utf8', 0, read).replace(/\r?\n$/, '')
    // What begins in the middle of a line is left out, unless nothing else is there.
    return start === from ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    closeSync(descriptor)
  }
}
