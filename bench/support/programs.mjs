import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const oldestGo = [1, 23]

/** Absolute path of a program in `$HOTLANE_PEERS` or on the PATH; undefined where there is none. */
export async function findProgram(name) {
  const directories = [process.env.HOTLANE_PEERS, ...(process.env.PATH ?? '').split(path.delimiter)]
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']
  for (const directory of directories.filter(Boolean)) {
    for (const ending of endings) {
      const file = path.resolve(directory, name + ending)
      if (await isExecutable(file)) return file
    }
  }
  return undefined
}

/** First line that a command prints on stdout; undefined where it cannot be run. */
export async function firstLineOf(program, args, options = {}) {
  try {
    const { stdout } = await run(program, args, options)
    return stdout.split('\n').find((line) => line.trim() !== '')
  } catch {
    return undefined
  }
}

/**
 * The Go toolchain as `{ version }`, or `{ missing }` with the reason in words: no `go` on the PATH, or one older than
 * the apps here need.
 */
export async function findGo() {
  // GOTOOLCHAIN=local: what counts is the toolchain that is installed, not one that it could download.
  const version = await firstLineOf('go', ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } })
  if (version === undefined) return { missing: 'there is no go on the PATH' }
  const [major, minor] = version.replace(/^go/, '').split('.').map(Number)
  const [wantedMajor, wantedMinor] = oldestGo
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return { version }
  return { missing: `${version} is older than go${oldestGo.join('.')}` }
}

async function isExecutable(file) {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
