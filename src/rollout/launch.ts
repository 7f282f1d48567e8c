import type { Artifact } from '../model/artifact.ts'
import type { Command, Service } from '../model/service.ts'

/**
 * The command that runs an artifact: the artifact itself, or the user's command in which the build's output path is
 * replaced by the artifact's, so that a running file is never overwritten.
 */
export function commandOf(service: Service, artifact: Artifact): Command {
  if (service.run.kind === 'artifact') {
    if (artifact.path === undefined)
      throw new TypeError(`service ${service.name} runs an artifact, but its build leaves none`)
    const debug = service.build.kind === 'go' ? service.build.debug : undefined
    return { kind: 'argv', argv: debug === undefined ? [artifact.path] : delve(artifact.path, debug.port) }
  }
  const { command } = service.run
  const output = service.build.kind === 'command' ? service.build.output : undefined
  if (output === undefined || artifact.path === undefined) return command
  const built = artifact.path
  if (command.kind === 'shell') return { ...command, line: command.line.replaceAll(output, built) }
  const [program, ...rest] = command.argv.map((word) => (word === output ? built : word))
  return { ...command, argv: [program ?? built, ...rest] }
}

/** Delve as a server that lets the program run until a debugger comes (`dlv help exec`). What follows is the program's. */
function delve(program: string, port: number): readonly [string, ...string[]] {
  const listen = `--listen=127.0.0.1:${port}`
  return ['dlv', 'exec', '--headless', '--api-version=2', '--accept-multiclient', '--continue', listen, program, '--']
}
