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

/** Why programs cannot be built with Go's race detector here, for people; undefined where they can. */
export const raceMissing: string | undefined = whyNoRace()

function whyNoRace(): string | undefined {
  const { stdout, status } = spawnSync('go', ['env', 'GOOS', 'GOARCH', 'CGO_ENABLED', 'CC'], { encoding: 'utf8' })
  if (status !== 0) return 'there is no go on the PATH'
  const [system, machine, cgo, compiler = ''] = stdout.split('\n')
  // Of the platforms in "Data Race Detector" of Go's documentation, those that hotlane builds on by itself.
  if (system !== 'linux' || !['amd64', 'arm64', 'ppc64le', 's390x'].includes(machine ?? ''))
    return `the race detector is not tried on ${system}/${machine}`
  if (cgo !== '1') return 'cgo is off'
  const found = spawnSync(compiler.split(' ')[0] ?? '', ['--version']).status === 0
  return found ? undefined : `there is no C compiler (${compiler})`
}
