import { randomUUID } from 'node:crypto'
import { createBuilder } from '../../build/create.ts'
import type { Artifact } from '../../model/artifact.ts'
import { commandText } from '../../model/command-text.ts'
import { describeExit } from '../../model/instance.ts'
import type { Command, Service } from '../../model/service.ts'
import { takeArtifact } from '../../store/take-artifact.ts'
import { runCommand } from '../../supervise/command.ts'
import { isBelowAny } from '../../support/below.ts'
import { HotlaneError, reportError } from '../../support/errors.ts'
import { environmentOf } from '../environment.ts'
import type { Plant } from './plant.ts'
import { releaseTree } from './project-tree.ts'
import { unkept } from './unkept.ts'

/**
 * Builds what a release of the service runs, as its settings say: a program of its own, or the project as it is.
 * @throws HotlaneError HL3001 to HL3004, HL6108, told as an event too; or the signal's reason
 */
export async function buildArtifact(service: Service, plant: Plant, signal: AbortSignal): Promise<Artifact> {
  const { emit, state, project } = plant
  const began = performance.now()
  const tell = service.build.kind === 'none' ? (): void => undefined : emit
  tell({ type: 'build.started', service: service.name })
  const { compilerThreads, cacheBytes, lowPriority } = project().limits
  const builder = createBuilder(service, {
    artifacts: state.artifacts,
    compilerThreads,
    cacheBytes,
    lowPriority,
    env: () => environmentOf(service, plant.real, emit),
    told: () => undefined,
    output: (line) => emit({ type: 'build.output', service: service.name, line, asked: false }),
  })
  try {
    for (const command of service.before) await runStep(command, service, plant, signal)
    const built = await builder.build(signal)
    const artifact = await keep(built, { service, plant, signal }).catch(unkept(service.name))
    tell({
      type: 'build.finished',
      service: service.name,
      artifact: artifact.hash,
      ms: performance.now() - began,
      same: false,
    })
    return artifact
  } catch (error) {
    if (!signal.aborted) {
      const ms = performance.now() - began
      emit({ type: 'build.failed', service: service.name, error: reportError(error), ms })
    }
    throw error
  } finally {
    await builder.close()
  }
}

/** For good, so that a release can name it: the program, or the project that it is run from. */
async function keep(
  built: Artifact,
  { service, plant, signal }: { readonly service: Service; readonly plant: Plant; readonly signal: AbortSignal },
): Promise<Artifact> {
  const { state, project } = plant
  if (built.path === undefined || !isBelowAny([state.artifacts], built.path))
    return releaseTree(service, built, { root: project().root, state }, signal)
  const place = { directory: state.artifacts, service: service.name, isKept: true }
  const { path } = await takeArtifact(built.path, place, signal)
  // A builder knows better than the content whether a program is another one.
  return { hash: built.hash, ...(path === undefined ? {} : { path }) }
}

async function runStep(command: Command, service: Service, plant: Plant, signal: AbortSignal): Promise<void> {
  const lines: string[] = []
  const exit = await runCommand(
    command,
    {
      directory: command.directory ?? service.directory,
      env: await environmentOf(service, plant.real, plant.emit),
      output: (line) => lines.push(line),
      processes: plant.state.processes,
      id: `${service.name}-${randomUUID()}`,
      kind: 'command',
      service: service.name,
    },
    signal,
  )
  if (exit.code === 0) return
  const params = { service: service.name, command: commandText(command), how: describeExit(exit) }
  throw new HotlaneError('HL3004', { params, output: lines.join('\n') })
}
