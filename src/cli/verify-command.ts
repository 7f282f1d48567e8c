import type { Command } from 'commander'
import type { CliContext } from './commands.ts'

/** Adds `verify` and `verify compare` to the table of commands. */
export function addVerify(root: Command, context: CliContext): void {
  const verify = root
    .command('verify')
    .description('send load to a service, deploy meanwhile, and tell what was lost and what it cost')
    .argument('[target]', 'URL, or a service of the hotlane that serves the project; its first service if absent')
    .option('-C, --directory <dir>', 'the project', '.')
    .option('-c, --config <file>', 'read this settings file instead of looking for one')
    .option('--rate <rate>', 'requests per second: 300, 50..500 (ramp), 100,200,400 (steps), or max')
    .option('--duration <time>', 'how long load is sent (10s); each step of a rate takes as long')
    .option('--max-requests <n>', 'requests at most', '1000000')
    .option('--connections <n>', 'connections kept alive (64)')
    .option('--new-connections <share>', 'share of requests that open a connection of their own (20%)')
    .option('--path <path...>', 'what to get; several share the load evenly')
    .option('--method <method>', 'of --path', 'GET')
    .option('--body <text>', 'of --path')
    .option('-H, --header <field...>', '"name: value", sent with every request')
    .option('--slow <path...>', 'get these too, one in fifty requests; left out of the latency of the whole')
    .option('--upload <path...>', 'post to these too, one in fifty requests, in chunks over half a second')
    .option('--sse <path...>', 'keep streams of server-sent events open')
    .option('--websocket <path...>', 'keep WebSockets open')
    .option('--streams <n>', 'how many of each', '4')
    .option('--ledger <where>', 'what was executed: /path or URL that answers with the ids, or file:PATH')
    .option('--id-header <name>', 'field that carries the id of a request', 'x-hotlane-verify-id')
    .option('--release-header <name>', 'field of the answer that tells the release', 'x-hotlane-release')
    .option('--during <command>', 'run this command under load, and compare before, during and after')
    .option('--deploys <n>', 'let the running hotlane build and start anew so many times under load')
    .option('--every <time>', 'from one of --deploys to the next', '5s')
    .option('--before <time>', 'steady load before a deployment', '5s')
    .option('--after <time>', 'load after the last deployment', '5s')
    .option('--limit <time>', 'longest load of a run with deployments (10m, or more for many --deploys)')
    .option('--find-p99 <time>', 'find the highest rate, between those of --rate A..B, whose P99 is within this')
    .option('--max-lost <n>', 'threshold: requests without the expected answer (0)')
    .option('--max-twice <n>', 'threshold: requests executed twice, by the ledger (0)')
    .option('--max-cut <n>', 'threshold: streams cut or refused (0)')
    .option('--max-backwards <n>', 'threshold: answers of an old release after a new one')
    .option('--min-success <share>', 'threshold: share of expected answers, as 99.9%')
    .option('--p50 <time>', 'threshold')
    .option('--p95 <time>', 'threshold')
    .option('--p99 <time>', 'threshold')
    .option('--max <time>', 'threshold: longest answer')
    .option('--p99-during <bound>', 'threshold while deploying: a time, or 1.5x of steady state')
    .option('--p99-switch <bound>', 'threshold half a second around each switch: a time, or 1.5x of steady state')
    .option('--gc-log <file>', 'GC log that grows: of Go (gctrace), Node (hotlane/gc) or the JVM (-Xlog:gc)')
    .option('--memstats <url>', 'GC by the expvar of a Go service: its /debug/vars')
    .option('--pid <pid...>', 'processes whose CPU and memory are followed')
    .option('--json', 'print the report as JSON')
    .option('-o, --output <file...>', 'write the report too; form by its ending: .json .html .jtl .xml (JUnit)')
    .option('--yes-remote', 'yes, send load to a host that is not this machine')
    .addHelpText('after', '\nExit code: 0 all thresholds held, 1 one failed, 2 nothing was run.')
    .action(async (target: string | undefined, options) =>
      (await import('./verify.ts')).runVerify(target, options, context),
    )
  verify
    .command('compare')
    .description('compare two reports written with --output FILE.json')
    .argument('<a>', 'report')
    .argument('<b>', 'report')
    .option('--json', 'print JSON')
    // Its name is one of the parent's options too, which would take it.
    .action(async (a: string, b: string, _options, command: Command) =>
      (await import('./verify-compare.ts')).compareReports(a, b, command.optsWithGlobals()),
    )
}
