import { randomUUID } from 'node:crypto'
import { createBuilder } from '../../build/create.ts'
import type { Artifact } from '../../model/artifact.ts'
import { describeExit } from '../../model/instance.ts'
import type { Command, Service } from '../../model/service.ts'
import { runCommand } from '../../supervise/command.ts'
import { HotlaneError, reportError } from '../../support/errors.ts'
import { environmentOf } from '../environment.ts'
import { isBelowAny } from '../watched.ts'
import { textOf } from '../workbench.ts'
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
    const isProgram = built.path !== undefined && isBelowAny([state.artifacts], built.path)
    const artifact = isProgram
      ? built
      : await releaseTree(service, built, { root: project().root, state }, signal).catch(unkept(service.name))
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
  const params = { service: service.name, command: textOf(command), how: describeExit(exit) }
  throw new HotlaneError('HL3004', { params, output: lines.join('\n') })
}
