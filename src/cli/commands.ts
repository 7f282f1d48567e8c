import { type Command, InvalidArgumentError, Option } from 'commander'
import { addProduction } from './production/commands.ts'
import { withPlace } from './production/options.ts'
import { addVerify } from './verify-command.ts'

/** What a command gets besides its own arguments. */
export interface CliContext {
  /** Words after `--`, for the app. */
  readonly rest: readonly string[]
  readonly exit: (code: number) => void
}

const directory = ['[dir]', 'the project', '.'] as const
const configOption = [
  '-c, --config <file>',
  'read this settings file, whatever its kind, instead of looking for one',
] as const
const jsonOption = ['--json', 'print JSON'] as const

/** The table of commands. The code of each is loaded when it is run. */
export function addCommands(root: Command, context: CliContext): void {
  root
    .command('dev')
    .description('serve a project, and replace each service at every change without losing a request')
    .argument(...directory)
    .option('-l, --listen <address>', 'public address: 8080, :8080 (all interfaces), 127.0.0.1:8080')
    .option(...configOption)
    .option('-s, --service <name...>', 'serve only these services')
    .addOption(
      new Option('--poll [ms]', 'look for changes again and again instead of waiting for events')
        .argParser((text) => parsePositive(text))
        .preset('500'),
    )
    .option('--stdin', 'give the app this terminal to read from; the keys are then off')
    .option('--json', 'print every event as a line of JSON instead of text')
    .option('--verbose', 'also tell what was judged, built and stopped without effect')
    .addHelpText('after', '\nWords after -- are given to the app.\nKeys: r rebuild, o open, c clear, h help, q quit.')
    .action(async (dir: string, options) => (await import('./dev.ts')).runDev(dir, options, context))
  root
    .command('init')
    .description(
      "write the hotlane.yaml that means what is found: another tool's settings file, or the project as it is",
    )
    .argument(...directory)
    .option(...configOption)
    .action(async (dir: string, options) => (await import('./init.ts')).runInit(dir, options))
  const config = root.command('config').description('look at the settings')
  config
    .command('print')
    .description('print the effective settings, and where each comes from')
    .argument(...directory)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (dir: string, options) => (await import('./config.ts')).printConfig(dir, options))
  config
    .command('schema')
    .description('print the JSON Schema of hotlane.yaml')
    .action(async () => (await import('./config.ts')).printSchema())
  root
    .command('explain')
    .description('tell why a file is watched or not, and what its change does to each service')
    .argument('<path>', 'a file, which need not exist')
    .argument(...directory)
    .option(...configOption)
    .option(...jsonOption)
    .action(async (path: string, dir: string, options) => (await import('./explain.ts')).runExplain(path, dir, options))
  withPlace(root.command('status'), 'argument')
    .description('tell what a running hotlane serves')
    .argument(...directory)
    .option('-w, --watch', 'again whenever it changes, until Ctrl-C')
    .option(...jsonOption)
    .addHelpText('after', '\nExample: hotlane status --watch')
    .action(async (dir: string, options) =>
      (await import('./production/status.ts')).status({ ...options, directory: dir }),
    )
  withPlace(root.command('events'), 'argument')
    .description('follow the events of a running hotlane, a line of JSON each')
    .argument(...directory)
    .addHelpText('after', '\nExample: hotlane events | grep rollout')
    .action(async (dir: string, options) => (await import('./session.ts')).followEvents({ ...options, directory: dir }))
  withPlace(root.command('rebuild'))
    .description('build and start anew, in a running "hotlane dev"')
    .argument('[service]', 'one service; all if absent')
    .addHelpText('after', '\nExample: hotlane rebuild orders')
    .action(async (service: string | undefined, options) => (await import('./session.ts')).rebuild(service, options))
  addProduction(root, context)
  addVerify(root, context)
}

function parsePositive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value <= 0)
    throw new InvalidArgumentError('It should be a whole number of milliseconds.')
  return value
}
