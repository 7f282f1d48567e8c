import { constants } from 'node:fs'
import { chmod, copyFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { platform } from 'node:process'
import type { Artifact } from '../model/artifact.ts'
import type { Build, Command } from '../model/service.ts'
import { HotlaneError } from '../support/errors.ts'
import { hashFile } from '../support/files.ts'
import type { GroupExit } from '../support/group/running.ts'
import { makeScratch } from '../support/scratch.ts'
import type { Builder, BuilderContext } from './builder.ts'
import { buildFailed } from './failure.ts'
import { keepArtifact } from './keep-artifact.ts'
import { freshHash } from './none.ts'
import { runTool } from './run-tool.ts'
import { createTranscript } from './transcript.ts'
import { hashTree } from './tree-hash.ts'

export interface CommandService {
  readonly name: string
  /** Absolute; where the command runs unless it names a directory. */
  readonly directory: string
  readonly build: Extract<Build, { readonly kind: 'command' }>
}

/** Loaded with what lies beside them, and read whole at the start: they run where they are. */
const scripts = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.py', '.rb', '.php'])

/**
 * Builds by a command of the user's. The artifact is, by what the output is:
 * a file: a copy of it in the store, named by SHA-256; a script: the file where it is, named by all files of its directory;
 * a directory: no file, named by all files in it; none declared: no file, and new at every build, since nothing tells
 * whether it differs from the one before.
 */
export function commandBuilder(service: CommandService, context: BuilderContext): Builder {
  const { build, name } = service
  const argv = argvOf(build.command)
  const directory = build.command.directory ?? service.directory
  return {
    async build(signal) {
      signal.throwIfAborted()
      const transcript = createTranscript()
      const exit = await runTool(argv, {
        service: name,
        directory,
        env: await context.env(),
        signal,
        onLine: (line) => {
          transcript.add(line)
          context.output(line)
        },
      })
      if (exit.code !== 0) throw failureOf(exit, { service: name, directory, output: transcript.text() })
      return artifactOf(service, { artifacts: context.artifacts, signal })
    },
    inputs: async () => undefined,
    close: async () => undefined,
  }
}

/** A line of the user's goes to the platform's shell. */
function argvOf(command: Command): readonly [string, ...string[]] {
  if (command.kind === 'argv') return command.argv
  return platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', command.line] : ['/bin/sh', '-c', command.line]
}

/** A shell tells by code 127 (POSIX, 2.8.2 Exit Status) and a line of its own that it did not find a program. */
function failureOf(
  exit: GroupExit,
  told: { readonly service: string; readonly directory: string; readonly output: string },
): HotlaneError {
  const program = exit.code === 127 ? /(?:^|: )([^\s:]+): (?:command )?not found$/m.exec(told.output)?.[1] : undefined
  if (program === undefined) return buildFailed({ ...told, exit })
  return new HotlaneError('HL3002', { params: { service: told.service, program }, output: told.output })
}

interface Store {
  readonly artifacts: string
  readonly signal: AbortSignal
}

async function artifactOf(service: CommandService, store: Store): Promise<Artifact> {
  const { output } = service.build
  if (output === undefined) return { hash: freshHash() }
  const found = await stat(output).catch(() => undefined)
  if (found === undefined) throw new HotlaneError('HL3003', { params: { service: service.name, path: output } })
  if (found.isDirectory()) return { hash: await hashTree(output, store.signal) }
  if (!scripts.has(path.extname(output))) return copyOf(output, { ...store, service: service.name })
  const home = path.dirname(output)
  // A directory that holds more than what is built would be read whole at every build; then every build counts.
  const isOwn = path
    .relative(home, service.directory)
    .split(path.sep)
    .every((segment) => segment === '..')
  return { hash: isOwn ? await hashTree(home, store.signal) : freshHash(), path: output }
}

/** Copied before it is hashed, so that the name is true even while somebody writes the output again. */
async function copyOf(output: string, store: Store & { readonly service: string }): Promise<Artifact> {
  const scratch = await makeScratch(store.artifacts)
  try {
    const copy = path.join(scratch, path.basename(output))
    await copyFile(output, copy, constants.COPYFILE_FICLONE)
    await chmod(copy, 0o755)
    const hash = await hashFile(copy, store.signal)
    const { artifacts: directory, service } = store
    return await keepArtifact(copy, { directory, service, hash, extension: path.extname(output) })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
