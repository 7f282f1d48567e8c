import { setTimeout } from 'node:timers/promises'
import type { Scene } from './scene.ts'
import { surveyAll, type Finding } from './survey.ts'
import type { Directory } from './tree.ts'

export interface ScannerOptions {
  /** The least pause between two scans; a scan that takes time T is followed by one of at least ten T. */
  readonly pollMs: number
  readonly targets: () => readonly Directory[]
  readonly found: Finding
}

/** Scans its targets again and again until there are none or the watch ends. @throws AbortError */
export async function scanRepeatedly(scene: Scene, options: ScannerOptions): Promise<void> {
  let pauseMs = options.pollMs
  for (let targets = options.targets(); targets.length > 0; targets = options.targets()) {
    await setTimeout(pauseMs, undefined, { signal: scene.signal })
    const startedAt = performance.now()
    await surveyAll(scene, targets, options.found)
    pauseMs = Math.max(options.pollMs, 10 * (performance.now() - startedAt))
  }
}
