import { open, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { splitLines } from '../../support/group/lines.ts'

const lookMs = 200

/**
 * Tells the lines that are appended to a file from now on, until aborted; what came last is told before it resolves. A file
 * that is missing may come later; one that became shorter is read from its start.
 */
export async function followFile(file: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
  const splitter = splitLines(onLine)
  let at = await sizeOf(file)
  const readOn = async (): Promise<void> => {
    const size = await sizeOf(file)
    if (size < at) at = 0
    if (size === at) return
    await using handle = await open(file)
    const bytes = Buffer.alloc(size - at)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, at)
    at += bytesRead
    splitter.write(bytes.subarray(0, bytesRead))
  }
  while (!signal.aborted) {
    await pause(lookMs, undefined, { signal }).catch(() => undefined)
    await readOn()
  }
  splitter.flush()
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  )
}
