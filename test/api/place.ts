import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { serveApi } from '../../src/api/serve.ts'
import type { Session } from '../../src/api/session.ts'
import { locateSocket } from '../../src/inspect.ts'

export interface Served {
  /** A project's directory whose state holds the socket. */
  readonly directory: string
  readonly socket: string
  /** Ends the API, as a session does that ends. */
  readonly close: () => Promise<void>
}

/** Serves a session's API until the test ends, in a project of the test's own where none is named. */
export async function serve(session: Session, project?: string): Promise<Served> {
  const directory = project ?? (await mkdtemp(path.join(tmpdir(), 'hotlane-api-')))
  await mkdir(path.join(directory, '.hotlane'), { recursive: true })
  const socket = locateSocket(directory, process.platform)
  const api = await serveApi(socket, session)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= Promise.resolve(api[Symbol.asyncDispose]())
    return closing
  }
  onTestFinished(async () => {
    await close()
    await rm(directory, { recursive: true, force: true })
  })
  return { directory, socket, close }
}
