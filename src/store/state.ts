import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createHash } from 'node:crypto'

/** Where hotlane keeps what outlives a run: `.hotlane` in the project, which ignores itself in git. */
export interface StateDirectory {
  readonly root: string
  readonly artifacts: string
  readonly processes: string
  /** What only `hotlane up` keeps; made by whoever writes there. */
  readonly production: {
    /** Files of the instances' output. */
    readonly logs: string
    /** Gateway workers: records, sockets, their own log. */
    readonly gateway: string
    readonly releases: string
    readonly reports: string
    /** Copies of the project, for what is run from its sources. */
    readonly trees: string
    /** One file. */
    readonly journal: string
  }
  /** Path of the control socket (a named pipe on Windows). */
  readonly socket: string
}

/**
 * Makes the directories; `at` instead of `.hotlane` in the project. The socket moves to the temporary directory where its path
 * would be longer than a sockaddr takes.
 */
export async function openState(projectRoot: string, platform: NodeJS.Platform, at?: string): Promise<StateDirectory> {
  const root = path.resolve(projectRoot, at ?? '.hotlane')
  const state = {
    root,
    artifacts: path.join(root, 'artifacts'),
    processes: path.join(root, 'processes'),
    production: {
      logs: path.join(root, 'logs'),
      gateway: path.join(root, 'gateway'),
      releases: path.join(root, 'releases'),
      reports: path.join(root, 'reports'),
      trees: path.join(root, 'trees'),
      journal: path.join(root, 'journal'),
    },
    socket: socketPath(root, platform),
  }
  await mkdir(state.artifacts, { recursive: true })
  await mkdir(state.processes, { recursive: true })
  await writeFile(path.join(root, '.gitignore'), '*\n')
  return state
}

/** Path of the control socket for a project's state directory. `sun_path` holds 104 bytes on macOS, 108 on Linux. */
export function socketPath(stateRoot: string, platform: NodeJS.Platform): string {
  const name = createHash('sha256').update(stateRoot).digest('hex').slice(0, 12)
  if (platform === 'win32') return `\\\\.\\pipe\\hotlane-${name}`
  const inside = path.join(stateRoot, 'api.sock')
  return Buffer.byteLength(inside) < 100 ? inside : path.join(tmpdir(), `hotlane-${name}.sock`)
}
