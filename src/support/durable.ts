import { open } from 'node:fs/promises'
import { createSlots } from './slots.ts'

/** So many wait for the disk at once, which writes them together. */
const parallel = 16

/**
 * Resolves when files, and the names in directories, survive a loss of power. Windows cannot be asked for a directory, nor
 * for a file that may only be read; there it resolves at once, and the system writes when it does.
 * Rejects with the system's error, and with the signal's reason.
 */
export async function makeDurable(paths: Iterable<string>, signal: AbortSignal): Promise<void> {
  if (process.platform === 'win32') return
  const slots = createSlots(parallel)
  await Promise.all(
    Array.from(paths, (file) =>
      slots(async () => {
        signal.throwIfAborted()
        const handle = await open(file, 'r')
        try {
          await handle.sync()
        } finally {
          await handle.close()
        }
      }),
    ),
  )
}
