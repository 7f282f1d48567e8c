import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

/** Version of the Go command on the PATH, such as `1.23.4`; undefined where there is none. */
export const goVersion: string | undefined = readGoVersion()

/** A suite that needs Go; without it the suite is skipped, and its name tells why. */
export function describeWithGo(name: string, suite: () => void): void {
  const title = goVersion === undefined ? `${name} (skipped: there is no go on the PATH)` : name
  // oxlint-disable-next-line vitest/valid-title, vitest/valid-describe-callback -- both are the caller's
  describe(title, { skip: goVersion === undefined }, suite)
}

function readGoVersion(): string | undefined {
  const { stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' })
  return /^go(\d+\.\d+(?:\.\d+)?)/.exec(stdout ?? '')?.[1]
}
