import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { HotlaneError, exitCodeOf } from '../support/errors.ts'
import { type CliContext, addCommands } from './commands.ts'
import { printError } from './print/error.ts'
import { paint, wantsColor } from './print/paint.ts'

/** Runs a command line and resolves with the exit code: 0, 1 passing, 2 user error, 70 a fault of hotlane, 130 Ctrl-C. */
export async function main(argv: readonly string[]): Promise<number> {
  const split = argv.indexOf('--')
  const words = split === -1 ? argv : argv.slice(0, split)
  let code = 0
  // A reader that has seen enough, as `head` has, is no fault.
  process.stdout.on('error', () => undefined)
  const context: CliContext = {
    rest: split === -1 ? [] : argv.slice(split + 1),
    exit: (next) => {
      code = next
    },
  }
  const root = program(context)
  try {
    await root.parseAsync(words.length === 0 ? ['--help'] : [...words], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // A command of commands alone has printed its help, which says all there is to say.
    if (error instanceof CommanderError && error.code === 'commander.help') return 2
    const failure = error instanceof CommanderError ? usage(error, root, words[0]) : error
    printError(process.stderr, failure, paint(wantsColor(process.stderr, process.env)))
    return exitCodeOf(failure)
  }
}

function program(context: CliContext): Command {
  const { version } = createRequire(import.meta.url)('../../package.json') as { readonly version: string }
  const root = new Command('hotlane')
    .description('Takes a service from save to served without dropping a request.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
  addCommands(root, context)
  return root
}

function usage(error: CommanderError, root: Command, word: string | undefined): HotlaneError {
  const what = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')
  const known = root.commands.some((command) => command.name() === word)
  const help = known ? `hotlane ${word ?? ''} --help` : 'hotlane --help'
  return new HotlaneError('HL7001', { params: { what, help } })
}
