import { once } from 'node:events'
import path from 'node:path'
import { availableParallelism } from 'node:os'
import { dev } from '../dev.ts'
import type { CliContext } from './commands.ts'
import { followKeys } from './keys.ts'
import { openInBrowser } from './open-browser.ts'
import { exitCodeOf } from '../support/errors.ts'
import { printError } from './print/error.ts'
import { paint, wantsColor } from './print/paint.ts'
import { Terminal, clearScreen } from './print/terminal.ts'

export interface DevFlags {
  readonly listen?: string
  readonly config?: string
  readonly service?: readonly string[]
  readonly poll?: number
  readonly stdin?: boolean
  readonly json?: boolean
  readonly verbose?: boolean
}

interface Ending {
  readonly why: string
  readonly code: number
}

const signals = { SIGINT: 130, SIGTERM: 143 } as const

/** Runs until Ctrl-C, SIGTERM or the key q. */
export async function runDev(directory: string, flags: DevFlags, context: CliContext): Promise<void> {
  const { stdin, stdout, env } = process
  const color = wantsColor(stdout, env)
  const terminal = new Terminal({
    paint: paint(color),
    write: (text) => void stdout.write(text),
    verbose: flags.verbose === true,
  })
  const keys = stdin.isTTY && stdout.isTTY && flags.stdin !== true && flags.json !== true
  const now = new AbortController()
  const ending = new AbortController()
  // The first asks for a graceful end, the second for an end at once.
  const interrupt = (why: string, code: number): void => {
    if (ending.signal.aborted) now.abort()
    else ending.abort({ why, code } satisfies Ending)
  }
  for (const [signal, code] of Object.entries(signals)) process.on(signal, () => interrupt(signal, code))
  // A reader or a terminal that is gone: nobody is left to serve for, and nothing may be left running.
  stdout.on('error', () => interrupt('the output is closed', 1))
  stdin.on('error', () => interrupt('the terminal is closed', 1))
  process.on('uncaughtException', (error) => {
    printError(process.stderr, error, paint(color))
    interrupt('a fault', exitCodeOf(error))
  })

  const session = await dev(
    {
      directory: path.resolve(directory),
      load: {
        ...(flags.config === undefined ? {} : { configFile: path.resolve(flags.config) }),
        ...(flags.listen === undefined ? {} : { listen: flags.listen }),
        ...(flags.poll === undefined ? {} : { poll: flags.poll }),
        ...(flags.service === undefined ? {} : { services: flags.service }),
        args: context.rest,
        platform: process.platform,
        env,
        cores: availableParallelism(),
      },
      env,
      platform: process.platform,
      stdin: flags.stdin === true || !stdin.isTTY,
      color,
    },
    flags.json === true ? (event) => void stdout.write(`${JSON.stringify(event)}\n`) : terminal.print,
  )
  process.on('SIGHUP', () => void session.restart())
  const stopKeys = keys
    ? followKeys(stdin, {
        rebuild: () => void session.rebuild(),
        open: () => openInBrowser(session.status().services[0]?.url ?? '', process.platform),
        clear: () => void stdout.write(clearScreen),
        help: () => void stdout.write('r rebuild   o open in the browser   c clear   h help   q quit\n'),
        quit: () => interrupt('q', 0),
        interrupt: () => interrupt('Ctrl-C', signals.SIGINT),
      })
    : () => undefined
  if (!ending.signal.aborted) await once(ending.signal, 'abort')
  const { why, code } = ending.signal.reason as Ending
  await session.close(why, now.signal)
  stopKeys()
  context.exit(code)
}
