import { once } from 'node:events'
import path from 'node:path'
import { availableParallelism } from 'node:os'
import type { Event } from '../../model/event.ts'
import { exitCodeOf } from '../../support/errors.ts'
import type { CliContext } from '../commands.ts'
import { printError } from '../print/error.ts'
import { paint, wantsColor } from '../print/paint.ts'
import { Terminal } from '../print/terminal.ts'
import { parseApiAddress } from './api-address.ts'

export interface UpFlags {
  readonly config?: string
  readonly state?: string
  readonly api?: string
  readonly downOnExit?: boolean
  readonly json?: boolean
  readonly verbose?: boolean
}

/** What `hotlane up` asks for. */
export interface UpRequest {
  readonly directory: string
  readonly load: {
    readonly configFile?: string
    readonly args: readonly string[]
    readonly platform: NodeJS.Platform
    readonly env: Readonly<NodeJS.ProcessEnv>
    readonly cores: number
  }
  readonly env: Readonly<NodeJS.ProcessEnv>
  readonly platform: NodeJS.Platform
  /** Absolute; `.hotlane` in the project where absent. */
  readonly stateDirectory?: string
  /** Where the API is to listen besides its socket. */
  readonly api?: { readonly host: string; readonly port: number }
}

/** What it gets. */
export interface UpControl {
  /** Ends the control process' part; everything goes on. */
  release(): Promise<void>
  /** Ends everything. An abort of `now` kills what is left at once. */
  close(why: string, now?: AbortSignal): Promise<void>
}

type Up = (request: UpRequest, subscriber: (event: Event) => void) => Promise<UpControl>

/** SIGTERM is how a service manager ends what it started: that went well. */
const signals = { SIGINT: 130, SIGTERM: 0, SIGHUP: 0 } as const

interface Ending {
  readonly why: string
  readonly code: number
}

/**
 * Serves a project in production until a signal, which ends the control process alone, or `hotlane down`, which ends
 * everything. A second signal ends the process at once.
 */
export async function runUp(
  directory: string,
  flags: UpFlags,
  { context, up }: { readonly context: CliContext; readonly up: Up },
): Promise<void> {
  const { stdout, stderr, env } = process
  const colors = paint(wantsColor(stdout, env))
  const ending = new AbortController()
  for (const [signal, code] of Object.entries(signals)) {
    process.on(signal, () => {
      if (ending.signal.aborted) process.exit(code)
      ending.abort({ why: signal, code } satisfies Ending)
    })
  }
  // The control process may end at any time and harms nobody by it; one that knows less than it thinks might.
  process.on('uncaughtException', (error) => {
    printError(stderr, error, colors)
    process.exit(exitCodeOf(error))
  })

  const terminal = new Terminal({
    paint: colors,
    write: (text) => void stdout.write(text),
    verbose: flags.verbose === true,
  })
  const take = (event: Event): void => {
    if (flags.json === true) stdout.write(`${JSON.stringify(event)}\n`)
    else terminal.print(event)
    if (event.type === 'session.stopped') ending.abort({ why: 'hotlane down', code: 0 } satisfies Ending)
  }
  const session = await up(
    {
      directory: path.resolve(directory),
      load: {
        ...(flags.config === undefined ? {} : { configFile: path.resolve(flags.config) }),
        args: context.rest,
        platform: process.platform,
        env,
        cores: availableParallelism(),
      },
      env,
      platform: process.platform,
      ...(flags.state === undefined ? {} : { stateDirectory: path.resolve(flags.state) }),
      ...(flags.api === undefined ? {} : { api: parseApiAddress(flags.api) }),
    },
    take,
  )
  if (!ending.signal.aborted) await once(ending.signal, 'abort')
  const { why, code } = ending.signal.reason as Ending
  context.exit(code)
  await end(session, why, flags.downOnExit === true)
}

async function end(session: UpControl, why: string, everything: boolean): Promise<void> {
  if (why === 'hotlane down') return
  if (everything) return session.close(why)
  await session.release()
  process.stderr.write(
    'hotlane has ended; the gateway and all services go on: "hotlane up" takes them over again, "hotlane down" then ends them\n',
  )
}
