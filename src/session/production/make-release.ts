import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Artifact } from '../../model/artifact.ts'
import type { Plan } from '../../model/plan.ts'
import type { Release } from '../../model/release.ts'
import type { Service } from '../../model/service.ts'
import { takeArtifact } from '../../store/take-artifact.ts'
import { takeTree } from '../../store/trees.ts'
import { snapshotEnvironment } from '../../supervise/environment.ts'
import { HotlaneError } from '../../support/errors.ts'
import { errnoOf } from '../../support/files.ts'
import { buildArtifact } from './build-artifact.ts'
import type { Plant } from './plant.ts'
import { unkept } from './unkept.ts'

export interface Making {
  readonly service: Service
  readonly plan: Plan
  /** A program that was built elsewhere, or a directory that takes the project's place; built here where absent. */
  readonly file?: string
}

/**
 * Makes a release of what the settings and the sources are now.
 * @throws HotlaneError HL3001 to HL3004 (the build), HL6106 (the file), HL6108; or the signal's reason
 */
export async function makeRelease(
  { service, plan, file }: Making,
  plant: Plant,
  signal: AbortSignal,
): Promise<Release> {
  const artifact =
    file === undefined
      ? await buildArtifact(service, plant, signal)
      : await artifactAt(file, { service, plant, signal })
  return plant.releases
    .make(
      {
        service,
        plan,
        artifact,
        environment: await snapshotEnvironment(service),
        origin: file === undefined ? { kind: 'build' } : { kind: 'artifact', file },
      },
      new Date(),
    )
    .catch(unkept(service.name))
}

async function artifactAt(
  file: string,
  { service, plant, signal }: { readonly service: Service; readonly plant: Plant; readonly signal: AbortSignal },
): Promise<Artifact> {
  const { artifacts, production } = plant.state
  const refuse = (reason: string, cause?: unknown): HotlaneError =>
    new HotlaneError('HL6106', { params: { file, reason }, cause })
  const stats = await stat(file).catch((error: unknown) => {
    throw refuse(errnoOf(error) === 'ENOENT' ? 'it is not there' : (errnoOf(error) ?? String(error)), error)
  })
  const isDirectory = stats.isDirectory()
  // A program is the artifact of a service that has one; one that is run from its sources needs all of them.
  const wantsDirectory = service.build.kind === 'none'
  if (isDirectory !== wantsDirectory) {
    throw refuse(
      wantsDirectory ? 'the service is run from a directory' : 'it is a directory, and the service is one program',
    )
  }
  // To read a pipe or a device may never end.
  if (!isDirectory && !stats.isFile()) throw refuse('it is no file')
  if (!isDirectory) return takeArtifact(file, { directory: artifacts, service: service.name }, signal)
  const { hash, path: tree } = await takeTree(
    { root: path.resolve(file), store: production.trees, treat: () => 'copy' },
    signal,
  ).catch(unkept(service.name))
  return { hash, tree }
}
