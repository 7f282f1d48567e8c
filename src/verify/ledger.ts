import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'
import { getText } from './get-text.ts'

/** Ids that the service says it has executed: how often each number of this run was. */
export type Executed = ReadonlyMap<number, number>

/** A ledger of executed ids, kept by the service: an address that answers with them, or a file to which it appends them. */
export interface LedgerSource {
  /** All that this run's requests have left so far. @throws HotlaneError HL8003 */
  readonly read: (run: string, signal: AbortSignal) => Promise<Executed>
}

/**
 * Opens a ledger: `file:` and a path (relative to the directory), or an address (a path alone is one of the target). Of a file
 * only what is appended from now on counts; a missing one is as good as an empty one.
 */
export async function openLedger(
  where: string,
  { target, directory }: { readonly target: URL; readonly directory: string },
): Promise<LedgerSource> {
  if (!where.startsWith('file:')) {
    const url = new URL(where, target).href
    return { read: async (run, signal) => executedIn(await fetchText(url, signal), run) }
  }
  const file = path.resolve(directory, where.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))
  const from = await stat(file).then(
    ({ size }) => size,
    () => 0,
  )
  return {
    read: async (run) => {
      try {
        return executedIn(await readFrom(file, from), run)
      } catch (error) {
        throw unreadable(file, errnoOf(error) ?? String(error), error)
      }
    },
  }
}

/** Counts the ids `<run>-<n>` in a text, whatever stands between them: lines, commas, JSON. */
export function executedIn(text: string, run: string): Executed {
  const counts = new Map<number, number>()
  for (const [, digits] of text.matchAll(new RegExp(`(?<![\\w-])${run}-(\\d+)(?![\\w-])`, 'g'))) {
    const n = Number(digits)
    counts.set(n, (counts.get(n) ?? 0) + 1)
  }
  return counts
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  try {
    return await getText(url, signal)
  } catch (error) {
    throw unreadable(url, error instanceof Error ? error.message : String(error), error)
  }
}

async function readFrom(file: string, from: number): Promise<string> {
  await using handle = await open(file)
  const { size } = await handle.stat()
  const bytes = Buffer.alloc(Math.max(0, size - from))
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from)
  return bytes.toString('latin1', 0, bytesRead)
}

function unreadable(where: string, reason: string, cause: unknown): HotlaneError {
  return new HotlaneError('HL8003', { params: { where, reason }, cause })
}
