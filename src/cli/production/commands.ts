import { type Command, Option } from 'commander'
import type { CliContext } from '../commands.ts'
import { withPlace } from './options.ts'

const one = ['[service]', 'the service, where there are several'] as const
const moving = ['[service]', 'the service, where the rollouts of several go on'] as const
const json = ['--json', 'print JSON'] as const
const views = ['--json', 'print the rollout as a line of JSON whenever it has changed'] as const
const noWait = ['--no-wait', 'begin it, and do not wait for its end'] as const

const outcome = `
Exit code: 0 it ended as asked, 1 it was aborted, 3 it waits for a person, 130 Ctrl-C: the rollout goes on.`

/** Adds the commands of a running `hotlane up` to the table. The code of each is loaded when it is run. */
export function addProduction(root: Command, context: CliContext): void {
  root
    .command('up')
    .description('serve a project in production; the gateway and all services outlive this process')
    .argument('[dir]', 'the project', '.')
    .option('--detach', 'in the background; return when every service is served, or is known not to be')
    .option('-c, --config <file>', 'read this settings file instead of looking for one')
    .option('--state <dir>', 'keep the state here, instead of in .hotlane in the project')
    .option('--api <address>', 'let the API listen here too: 9000, 127.0.0.1:9000; it then wants a token')
    .option('--down-on-exit', 'end everything at a signal, instead of this process alone (for containers)')
    .option('--json', 'print every event as a line of JSON instead of text; with --detach the status')
    .option('--verbose', 'also tell what is not needed to follow along')
    .addHelpText('after', '\nExample: hotlane up --detach')
    .action(async (directory: string, options) => {
      if (options.detach === true) return (await import('./detach.ts')).runDetached(directory, options, context)
      const { up } = await import('../../up.ts')
      return (await import('./up.ts')).runUp(directory, options, { context, up })
    })
  withPlace(root.command('deploy'))
    .description('make a release of a service and roll it out')
    .argument(...one)
    .option('--all', 'every service in the settings, at the same time')
    .addOption(new Option('--artifact <file>', 'take this program instead of building one').conflicts('build'))
    .option('--build', 'build the program, as is done without --artifact')
    .addOption(
      new Option('--strategy <name>', 'instead of that of hotlane.yaml').choices([
        'replace',
        'hold',
        'rolling',
        'blue-green',
        'canary',
      ]),
    )
    .option('--queue', 'wait for a rollout of the service that goes on, instead of being refused')
    .option(...noWait)
    .option(...views)
    .addHelpText('after', `${outcome}\n\nExample: hotlane deploy orders --strategy canary`)
    .action(async (service: string | undefined, options) =>
      (await import('./deploy.ts')).deploy(service, options, context),
    )
  withPlace(root.command('promote'))
    .description('end what a rollout waits for: an approval, a pause, a judgement, a preview')
    .argument(...moving)
    .option('--full', 'straight to the whole traffic')
    .option(...noWait)
    .option(...views)
    .addHelpText('after', `${outcome}\n\nExample: hotlane promote orders --full`)
    .action(async (service: string | undefined, flags) =>
      (await import('./steer.ts')).steer('promote', service, { flags, context }),
    )
  withPlace(root.command('pause'))
    .description('hold a rollout where it is')
    .argument(...moving)
    .option(...views)
    .addHelpText('after', '\nExample: hotlane pause orders')
    .action(async (service: string | undefined, flags) =>
      (await import('./steer.ts')).steer('pause', service, { flags, context }),
    )
  withPlace(root.command('resume'))
    .description('let a paused rollout go on')
    .argument(...moving)
    .option(...noWait)
    .option(...views)
    .addHelpText('after', `${outcome}\n\nExample: hotlane resume orders --no-wait`)
    .action(async (service: string | undefined, flags) =>
      (await import('./steer.ts')).steer('resume', service, { flags, context }),
    )
  withPlace(root.command('abort'))
    .description('end a rollout: the old release gets the whole traffic back')
    .argument(...moving)
    .option(...noWait)
    .option(...views)
    .addHelpText('after', `${outcome}\n\nExample: hotlane abort orders`)
    .action(async (service: string | undefined, flags) =>
      (await import('./steer.ts')).steer('abort', service, { flags, context }),
    )
  withPlace(root.command('rollback'))
    .description('go back to an earlier release: its program, settings and environment together')
    .argument(...one)
    .argument('[release]', 'its number; the one before, if absent')
    .option(...noWait)
    .option(...views)
    .addHelpText('after', `${outcome}\n\nExamples: hotlane rollback, hotlane rollback 7, hotlane rollback orders 7`)
    .action(async (service: string | undefined, release: string | undefined, options) =>
      (await import('./rollback.ts')).rollback([service, release], options, context),
    )
  withPlace(root.command('releases'))
    .description('list the releases that are kept, the newest first')
    .argument(...one)
    .option(...json)
    .addHelpText('after', '\nExample: hotlane releases orders')
    .action(async (service: string | undefined, options) => (await import('./releases.ts')).releases(service, options))
  withPlace(root.command('diff'))
    .description('tell in what two releases differ')
    .argument('<a>', 'number of a release')
    .argument('<b>', 'number of a release')
    .argument(...one)
    .option(...json)
    .addHelpText('after', '\nExample: hotlane diff 7 8 orders')
    .action(async (a: string, b: string, service: string | undefined, options) =>
      (await import('./diff.ts')).diff([a, b], service, options),
    )
  withPlace(root.command('why'))
    .description('tell where a rollout stands, and what it waits for')
    .argument(...moving)
    .option(...json)
    .addHelpText('after', '\nExample: hotlane why orders')
    .action(async (service: string | undefined, options) => (await import('./why.ts')).why(service, options))
  withPlace(root.command('report'))
    .description('tell what the deploy of a release did: what it lost, its verdicts and its times')
    .argument('<release>', 'its number')
    .argument(...one)
    .option(...json)
    .addHelpText('after', '\nExample: hotlane report 8 orders')
    .action(async (release: string, service: string | undefined, options) =>
      (await import('./report.ts')).report(release, service, options),
    )
  withPlace(root.command('logs'))
    .description('print what services wrote')
    .argument('[service]', 'one service; all if absent')
    .option('-f, --follow', 'go on with what is written from now on, until Ctrl-C')
    .option('-n, --lines <n>', 'of those that are kept, so many of the last', '100')
    .option('--lane <name>', 'only of this lane: stable, canary, preview')
    .option('--release <n>', 'only of this release')
    .option('--json', 'print each line as a line of JSON')
    .addHelpText('after', '\nExample: hotlane logs orders -f --lane canary')
    .action(async (service: string | undefined, options) => (await import('./logs.ts')).logs(service, options))
  withPlace(root.command('down'), 'argument')
    .description('end everything that "hotlane up" runs: services, gateway, hotlane itself')
    .argument('[dir]', 'the project', '.')
    .option('-y, --yes', 'do not ask; needed where there is no terminal')
    .addHelpText('after', '\nExample: hotlane down --yes')
    .action(async (directory: string, options) => (await import('./down.ts')).down({ ...options, directory }))
}
