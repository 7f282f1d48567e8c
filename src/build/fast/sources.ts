import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { errnoOf } from '../../support/files.ts'
import { isPackageFile } from '../go-sources.ts'
import { embeddedFiles } from './embedded-files.ts'
import { type FileMark, markFile } from './file-mark.ts'
import { findUnwritten } from './unwritten.ts'

/** A package whose files may change. */
export interface SourcePackage {
  readonly importPath: string
  /** Absolute. */
  readonly directory: string
  readonly embedPatterns: readonly string[]
}

/** What is to be looked at. */
export interface SourceScope {
  readonly packages: readonly SourcePackage[]
  /** Absolute paths of files that any change of makes another build, whether they exist or not. */
  readonly settings: readonly string[]
}

/** By name relative to the package's directory, with forward slashes. */
export type PackageMarks = ReadonlyMap<string, FileMark>

/** What was in the files at one time. */
export interface SourceState {
  /** By import path. */
  readonly packages: ReadonlyMap<string, PackageMarks>
  /** By absolute path. */
  readonly settings: ReadonlyMap<string, FileMark>
}

/** So many packages are looked at together: enough to keep the disk busy, few enough to let requests through. */
const atOnce = 16

/** Looks at all files of a build; those that were not written since the known state are not read again. */
export async function readSources(scope: SourceScope, known?: SourceState, signal?: AbortSignal): Promise<SourceState> {
  const packages = known === undefined ? new Map<string, PackageMarks>() : await findUnwritten(scope, known, signal)
  const rest = scope.packages.filter(({ importPath }) => !packages.has(importPath))
  for (let index = 0; index < rest.length; index += atOnce) {
    signal?.throwIfAborted()
    const some = rest.slice(index, index + atOnce)
    const marks = await Promise.all(some.map((each) => readPackage(each, known?.packages.get(each.importPath))))
    for (const [place, { importPath }] of some.entries()) packages.set(importPath, marks[place] ?? new Map())
  }
  return { packages, settings: await markAll(scope.settings, (name) => name, known?.settings) }
}

async function readPackage(
  { directory, embedPatterns }: SourcePackage,
  known: PackageMarks | undefined,
): Promise<PackageMarks> {
  const [names, embedded] = await Promise.all([
    readdir(directory).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return []
      throw error
    }),
    embeddedFiles(directory, embedPatterns),
  ])
  const own = names.filter(isPackageFile)
  return markAll([...new Set([...own, ...embedded])].sort(), (name) => path.join(directory, name), known)
}

async function markAll(
  names: readonly string[],
  place: (name: string) => string,
  known: PackageMarks | undefined,
): Promise<PackageMarks> {
  const marks = await Promise.all(names.map((name) => markFile(place(name), known?.get(name))))
  return new Map(names.map((name, index) => [name, marks[index] ?? { stamp: '', hash: '' }]))
}
