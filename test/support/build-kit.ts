import path from 'node:path'
import type { BuilderContext, BuildNote } from '../../src/build/builder.ts'

export interface BuildKit {
  readonly context: BuilderContext
  /** Lines told so far. */
  readonly lines: readonly string[]
  /** Notes told so far. */
  readonly notes: readonly BuildNote[]
  /** Resolves with the first note, of those still to come, that the test wants. */
  readonly nextNote: (kind: BuildNote['kind']) => Promise<BuildNote>
  /** Resolves at the first line told that contains the text, also if it was told already. */
  readonly told: (text: string) => Promise<void>
}

/** A builder's context with artifacts in `.hotlane/artifacts` of the root and this process's environment. */
export function buildKit(root: string, env: Readonly<Record<string, string>> = {}): BuildKit {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const notes: BuildNote[] = []
  const awaiting = new Set<(note: BuildNote) => void>()
  return {
    lines,
    notes,
    nextNote: (kind) =>
      new Promise((resolve) => {
        const look = (note: BuildNote): void => {
          if (note.kind !== kind) return
          awaiting.delete(look)
          resolve(note)
        }
        awaiting.add(look)
      }),
    context: {
      artifacts: path.join(root, '.hotlane/artifacts'),
      compilerThreads: 1,
      cacheBytes: 256_000_000,
      lowPriority: false,
      env: async () => ({ ...(process.env as Record<string, string>), ...env }),
      told: (note) => {
        notes.push(note)
        for (const look of awaiting) look(note)
      },
      output: (line) => {
        lines.push(line)
        for (const look of waiting) look()
      },
    },
    told: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!lines.some((line) => line.includes(text))) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

/** A signal that is never aborted. */
export const never = new AbortController().signal
