import { mkdtemp, realpath, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'

/** Makes a directory of its own below the system's temporary one; it is removed when the script ends. */
export async function makeTemporary(name, { defer }) {
  // The real path: on macOS the temporary directory lies behind a link, and tools report real paths.
  const directory = await mkdtemp(path.join(await realpath(os.tmpdir()), `hotlane-${name}-`))
  // Go makes directories of its module cache read-only; an app may have asked for one here.
  defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  return directory
}
