import path from 'node:path'
import type { BuilderContext } from '../../src/build/builder.ts'

export interface BuildKit {
  readonly context: BuilderContext
  /** Lines told so far. */
  readonly lines: readonly string[]
  /** Resolves at the first line told that contains the text, also if it was told already. */
  readonly told: (text: string) => Promise<void>
}

/** A builder's context with artifacts in `.hotlane/artifacts` of the root and this process's environment. */
export function buildKit(root: string, env: Readonly<Record<string, string>> = {}): BuildKit {
  const lines: string[] = []
  const waiting = new Set<() => void>()
  return {
    lines,
    context: {
      artifacts: path.join(root, '.hotlane/artifacts'),
      compilerThreads: 1,
      env: async () => ({ ...(process.env as Record<string, string>), ...env }),
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
