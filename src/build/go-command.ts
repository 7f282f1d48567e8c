import type { GroupExit } from '../support/group/running.ts'
import { runTool } from './run-tool.ts'

/** Where and how the Go command runs. */
export interface GoSite {
  readonly service: string
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Of the tools, on the scale of nice(1). */
  readonly priority: number
}

/** What the Go command takes from its environment and from `go env -w`, as far as a build here depends on it. */
export interface GoSettings {
  readonly GOFLAGS: string
  /** Absolute path of the workspace file; empty, or `off`, where none is used. */
  readonly GOWORK: string
  readonly GOTMPDIR: string
  /** File of `go env -w`; empty, or `off`, where none is used. */
  readonly GOENV: string
  /** Of the toolchain that builds here, which `go.mod` can choose. */
  readonly GOROOT: string
  /** Of the same, such as `go1.26.8`. */
  readonly GOVERSION: string
}

/** Of a Go command that tells nothing. */
export const noSettings: GoSettings = { GOFLAGS: '', GOWORK: '', GOTMPDIR: '', GOENV: '', GOROOT: '', GOVERSION: '' }

/** Asks `go env`, which takes about 5 ms. */
export async function readGoSettings(site: GoSite): Promise<GoSettings> {
  const told = await askGo(['env', '-json', ...Object.keys(noSettings)], site)
  // Where even this fails, the build will fail and say why.
  if (told.exit.code !== 0) return noSettings
  return { ...noSettings, ...(JSON.parse(told.text) as Partial<GoSettings>) }
}

/** Runs a question to the Go command; `text` is its standard output, without its complaints unless `both` are wanted. */
export async function askGo(
  args: readonly string[],
  site: GoSite,
  wanted: 'stdout' | 'both' = 'stdout',
): Promise<{ readonly exit: GroupExit; readonly text: string }> {
  const lines: string[] = []
  const exit = await runTool(['go', ...args], {
    ...site,
    onLine: (line, stream) => {
      if (wanted === 'both' || stream === 'stdout') lines.push(line)
    },
  })
  return { exit, text: lines.join('\n') }
}
