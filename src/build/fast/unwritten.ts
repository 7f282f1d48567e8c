import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { isPackageFile } from '../go-sources.ts'
import { stampOf } from './file-mark.ts'
import type { PackageMarks, SourcePackage, SourceScope, SourceState } from './sources.ts'

/** Requests are served by the same thread: so long it is kept from them at a time. */
const turnMs = 1

/** A look at a package takes a fraction of this, unless its files are not on a disk of this machine. */
const slowMs = 1

/** After so many slow looks the others are left to whoever does not wait for each. */
const mostSlow = 3

/**
 * The packages of which no file was written since the known state, with what is known of them. It asks the system in this
 * very thread, since some hundred packages have to be looked at before a build, and a look at what is in memory costs less than
 * to hand it to another thread: 400 took 10 ms, and 23 ms by others. Packages that embed files are not among them.
 */
export async function findUnwritten(
  scope: SourceScope,
  known: SourceState,
  signal?: AbortSignal,
): Promise<Map<string, PackageMarks>> {
  const found = new Map<string, PackageMarks>()
  let [slow, turnAt] = [0, performance.now() + turnMs]
  for (const each of scope.packages) {
    if (performance.now() >= turnAt) {
      await turn()
      signal?.throwIfAborted()
      turnAt = performance.now() + turnMs
    }
    const marks = known.packages.get(each.importPath)
    if (marks === undefined || each.embedPatterns.length > 0) continue
    const began = performance.now()
    if (isUnwritten(each, marks)) found.set(each.importPath, marks)
    if (performance.now() - began > slowMs && ++slow >= mostSlow) break
  }
  return found
}

function isUnwritten({ directory }: SourcePackage, marks: PackageMarks): boolean {
  try {
    const names = readdirSync(directory).filter(isPackageFile)
    if (names.length !== marks.size) return false
    return names.every((name) => {
      const mark = marks.get(name)
      const stats =
        mark === undefined || mark.stamp === '' ? undefined : statSync(path.join(directory, name), { bigint: true })
      return stats?.isFile() === true && stampOf(stats) === mark?.stamp
    })
  } catch {
    // What is wrong is found out by the look that tells it.
    return false
  }
}
