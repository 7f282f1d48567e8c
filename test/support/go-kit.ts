import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import type { Builder } from '../../src/build/builder.ts'
import { goBuilder } from '../../src/build/go.ts'
import type { GoService } from '../../src/build/go-target.ts'
import type { Artifact } from '../../src/model/artifact.ts'
import { type BuildKit, buildKit, never } from './build-kit.ts'
import { makeTree } from './tree.ts'

export interface GoKit extends BuildKit {
  readonly root: string
  readonly builder: Builder
}

export interface GoKitOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly build?: Partial<GoService['build']>
}

/** A temporary tree of Go files with a builder for it, both gone after the test. */
export async function goKit(files: Readonly<Record<string, string>>, options: GoKitOptions = {}): Promise<GoKit> {
  const root = await makeTree(files)
  const kit = buildKit(root, options.env)
  const build = { kind: 'go', directory: root, package: '.', flags: [], env: {}, ...options.build } as const
  const builder = goBuilder({ name: 'shop', directory: root, build }, kit.context)
  onTestFinished(() => builder.close())
  return { ...kit, root, builder }
}

/** Builds with the Go command, and waits until the next builds can be fast. */
export async function buildAndPlan({ builder, nextNote }: GoKit): Promise<Artifact> {
  const planned = nextNote('planned')
  const artifact = await builder.build(never)
  expect(await planned).not.toHaveProperty('missing')
  return artifact
}

/** How the last build was done, and why. */
export function lastWay({ notes }: GoKit): string {
  const last = notes.findLast((note) => note.kind === 'way')
  return last?.kind === 'way' ? `${last.way}: ${last.why}` : ''
}

/** What a program prints on both streams. */
export async function run(artifact: Artifact): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(artifact.path ?? '', [])
  return (stdout + stderr).trim()
}

/** The error that a build ends with. */
export async function failureOf(building: Promise<unknown>): Promise<unknown> {
  return building.then(
    () => expect.unreachable('the build succeeded'),
    (error: unknown) => error,
  )
}
