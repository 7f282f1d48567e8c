import path from 'node:path'
import { platform } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type { Artifact } from '../model/artifact.ts'
import { HotlaneError, reportError } from '../support/errors.ts'
import { hashGoProgram } from './build-id.ts'
import type { BuildNote } from './builder.ts'
import type { PlanTarget } from './fast/ask-plan.ts'
import type { FastPath } from './fast/fast-path.ts'
import type { GoSite } from './go-command.ts'
import { buildWithGo } from './go-full.ts'

/** From a fast build until it is confirmed: a developer who saves often has saved again by then. */
const idleMs = 2000

export interface Confirmation extends PlanTarget {
  readonly artifact: Artifact
  readonly scratch: string
  readonly temporary: string
  readonly threads: number
}

/**
 * After a while of rest, builds the same sources with `go build` and compares the programs as a whole, but for what names
 * the build. Where they differ the fast path is turned off. Undefined where the sources have changed since.
 */
export async function confirmFast(fast: FastPath, what: Confirmation, site: GoSite): Promise<BuildNote | undefined> {
  await setTimeout(idleMs, undefined, { signal: site.signal, ref: false })
  if (!(await fast.isCurrent(site.signal))) return undefined
  const began = performance.now()
  const program = path.join(what.scratch, platform === 'win32' ? 'program.exe' : 'program')
  let hash: string | undefined
  let output = ''
  try {
    await buildWithGo({ ...what, program, newest: undefined, output: () => undefined }, site)
    hash = await hashGoProgram(program, site.signal)
  } catch (error) {
    site.signal.throwIfAborted()
    output = reportError(error).output ?? String(error)
  }
  const current = await fast.isCurrent(site.signal)
  site.signal.throwIfAborted()
  if (!current) return undefined
  const { artifact } = what
  if (hash === artifact.hash) return { kind: 'confirmed', artifact: artifact.hash, ms: performance.now() - began }
  const error = new HotlaneError('HL3005', { params: { service: site.service }, output })
  fast.turnOff('it has differed from go build')
  return { kind: 'differs', error: reportError(error) }
}
