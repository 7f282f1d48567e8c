import path from 'node:path'
import { type AirRun, relativeProgram } from './air-run.ts'
import type { ForeignFile } from './foreign.ts'
import { type GoBuildLine, parseGoBuild } from './go-build-line.ts'
import type { ServiceSettings } from './schema.ts'

/** How a build command and a program of another tool's go together here. */
export interface BuildAndRun {
  readonly build: NonNullable<ServiceSettings['build']>
  /** Absent where the artifact itself is run. */
  readonly run?: string | readonly string[]
  /** Arguments that stood behind the program, where the artifact takes its place. */
  readonly args: readonly string[]
  /** The program that the settings name is not what the build writes. */
  readonly mismatch?: string
}

/**
 * A plain `go build -o X PKG` whose X is run becomes the Go builder; everything else a command whose output is the file
 * that it is seen to write, or the program that is run.
 */
export function buildAndRun(
  cmd: string,
  started: AirRun,
  file: Pick<ForeignFile, 'directory' | 'platform'>,
  verbose?: boolean,
): BuildAndRun {
  const plain = parseGoBuild(cmd, file.platform)
  const written = plain?.output ?? outputIn(cmd)
  const output = written === undefined ? undefined : path.resolve(file.directory, written)
  const args = typeof started.run === 'string' ? [] : started.run.slice(1)
  if (output !== undefined && (started.program === output || !started.explicit)) {
    const mismatch = started.program === output ? {} : { mismatch: written ?? '' }
    return { build: plain === undefined ? command(cmd, output, file, verbose) : goBuild(plain), args, ...mismatch }
  }
  if (output === undefined && started.program !== undefined && !isScript(started.program)) {
    return { build: command(cmd, started.program, file, verbose), args }
  }
  // A wrapper or debugger: the file that the build writes is named in what is run, if anywhere.
  return { build: command(cmd, output, file, verbose), run: started.run, args: [] }
}

function command(
  cmd: string,
  output: string | undefined,
  file: Pick<ForeignFile, 'directory'>,
  verbose: boolean | undefined,
): NonNullable<ServiceSettings['build']> {
  return {
    command: cmd,
    ...(output === undefined ? {} : { output: relativeProgram(file.directory, output) }),
    ...(verbose === undefined ? {} : { verbose }),
  }
}

/** The file after `-o` of a `go build` that stands somewhere in a line. */
function outputIn(line: string): string | undefined {
  const written = /\bgo\s+build\b[^|&;]*?\s-o[\s=](?:"([^"$`]+)"|'([^']+)'|([^\s'"$`|&;]+))/.exec(line)
  return written?.[1] ?? written?.[2] ?? written?.[3]
}

/** A script is source: it is there before the build, and stays what it is. */
function isScript(program: string): boolean {
  return /\.(sh|bash|py|rb|js|mjs|cjs|ts|pl|php|ps1|bat|cmd)$/.test(program)
}

function goBuild(line: GoBuildLine): NonNullable<ServiceSettings['build']> {
  return {
    go: line.package,
    ...(line.flags.length === 0 ? {} : { flags: [...line.flags] }),
    ...(Object.keys(line.env).length === 0 ? {} : { env: { ...line.env } }),
  }
}
