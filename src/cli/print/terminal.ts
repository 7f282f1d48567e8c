import type { Event, SwitchReport } from '../../model/event.ts'
import { describeExit } from '../../model/instance.ts'
import { type ErrorReport, formatPosition } from '../../support/errors.ts'
import { formatDuration } from '../../support/duration.ts'
import { errorLines, relativeTo } from './error.ts'
import type { Paint } from './paint.ts'
import { rolloutLine } from './rollout.ts'

export interface TerminalOptions {
  readonly paint: Paint
  readonly write: (text: string) => void
  /** Also what is not needed to follow along: judgements, builds that changed nothing, stops. */
  readonly verbose: boolean
}

/** Erase the screen and its scrollback, cursor home (ECMA-48 ED, CUP). */
export const clearScreen = '\u001B[2J\u001B[3J\u001B[H'

type Hue = 'cyan' | 'magenta' | 'yellow' | 'green' | 'blue'
const hues: readonly Hue[] = ['cyan', 'magenta', 'yellow', 'green', 'blue']

/** Turns the event stream into calm lines: each begins with the service it speaks of. */
export class Terminal {
  readonly #options: TerminalOptions
  readonly #services: string[] = []
  #root = ''
  #quiet = false
  #clears = false
  readonly #changed = new Map<string, readonly string[]>()

  constructor(options: TerminalOptions) {
    this.#options = options
  }

  readonly print = (event: Event): void => {
    const lines = this.#lines(event)
    if (lines.length > 0) this.#options.write(`${lines.join('\n')}\n`)
  }

  #lines(event: Event): readonly string[] {
    const { paint, verbose } = this.#options
    switch (event.type) {
      case 'project.loaded':
        this.#root = event.root
        this.#quiet = event.quiet
        this.#clears = event.clearOnRebuild
        for (const { name } of event.services) if (!this.#services.includes(name)) this.#services.push(name)
        return this.#own([
          `${paint.bold('hotlane')} ${event.root} ${paint.dim(`(${this.#place(event.source)})`)}`,
          ...event.services.map(({ name, build, run }) => {
            const steps = [build, run].filter((step) => step !== '').join(', then ')
            return `${this.#prefix(name)}${paint.dim(steps)}`
          }),
        ])
      case 'project.note': {
        const { position, text } = event.note
        const place =
          position === undefined ? '' : `${formatPosition({ ...position, file: this.#place(position.file) })}: `
        return this.#own([`${paint.yellow('note')} ${place}${text}`])
      }
      case 'project.failed':
      case 'session.fault':
      case 'hook.failed':
        return errorLines(event.error, paint, this.#root)
      case 'watch.ready': {
        const how = event.why === undefined ? event.mode : `${event.mode}: ${event.why}`
        return this.#own([
          paint.dim(
            `watching ${count(event.files, 'file')} in ${count(event.directories, 'directory', 'directories')} (${how})`,
          ),
        ])
      }
      case 'watch.degraded':
        return this.#own([`${paint.yellow('note')} ${event.why}`])
      case 'gateway.listening': {
        const why = event.moved === undefined ? '' : ` ${paint.yellow(`(${event.moved})`)}`
        const direct = event.direct === true ? ' (direct: the gateway is not in the way)' : ''
        return this.#own([`${this.#prefix(event.service)}${paint.bold(paint.underline(event.url))}${direct}${why}`])
      }
      case 'gateway.certificate': {
        const { file, made, until, ending, error } = event
        if (error !== undefined) return errorLines(error, paint, this.#root)
        if (made)
          return this.#own([`made a certificate for this machine; browsers trust it once you tell them to: ${file}`])
        if (ending !== undefined)
          return this.#own([paint.yellow(`the certificate ${file} expires at ${ending}, and has not been renewed`)])
        return this.#own([paint.dim(`certificate renewed, valid until ${until ?? ''}`)])
      }
      case 'gateway.access-log':
        return errorLines(event.error, paint, this.#root)
      case 'change.judged':
        if (event.files.length > 0)
          this.#changed.set(
            event.service,
            event.files.map((file) => this.#place(file)),
          )
        if (event.impact === 'reload')
          return this.#own([`${this.#prefix(event.service)}pages reload ${paint.dim(event.why)}`])
        return verbose ? this.#own([`${this.#prefix(event.service)}${paint.dim(`${event.impact}: ${event.why}`)}`]) : []
      case 'rule.started':
        return this.#own([`${this.#prefix(event.service)}${paint.dim(`rule ${event.rule}`)}`])
      case 'build.started':
        if (this.#clears) this.#options.write(clearScreen)
        return this.#own([`${this.#prefix(event.service)}${paint.dim(`building${this.#change(event.service)}`)}`])
      case 'rule.output':
        return [this.#prefix(event.service) + event.line]
      case 'build.output':
        return verbose || event.asked ? [`${this.#prefix(event.service)}${event.line}`] : []
      case 'build.finished':
        if (!event.same) return []
        return this.#own([
          `${this.#prefix(event.service)}${paint.dim(`built in ${formatDuration(event.ms)}: the same program`)}`,
        ])
      case 'build.way':
        return verbose
          ? this.#own([
              `${this.#prefix(event.service)}${paint.dim(event.way === 'fast' ? `fast build: ${event.why}` : `go build: ${event.why}`)}`,
            ])
          : []
      case 'build.planned':
        return verbose && event.missing !== undefined
          ? this.#own([`${this.#prefix(event.service)}${paint.dim(`no fast builds: ${event.missing}`)}`])
          : []
      case 'build.linker':
        return verbose && event.missing !== undefined
          ? this.#own([`${this.#prefix(event.service)}${paint.dim(`no packages loaded ahead: ${event.missing}`)}`])
          : []
      case 'build.confirmed':
        return verbose
          ? this.#own([
              `${this.#prefix(event.service)}${paint.dim(`confirmed by go build in ${formatDuration(event.ms)}`)}`,
            ])
          : []
      case 'build.differs':
      case 'build.failed':
        return this.#error(event.service, event.error)
      case 'rule.failed':
      case 'instance.failed': {
        // What the program wrote has been shown as it came.
        const { output: _output, ...error } = event.error
        return this.#error(event.service, error)
      }
      case 'instance.crashed': {
        const next =
          event.restartInMs === undefined
            ? 'waiting for a change'
            : `starting again in ${formatDuration(event.restartInMs)}`
        return [`${this.#prefix(event.service)}${paint.red(`ended (${describeExit(event.exit)})`)}, ${next}`]
      }
      case 'instance.output':
        return [this.#prefix(event.service) + event.line]
      case 'service.switched':
        return this.#own([this.#prefix(event.service) + this.#switch(event.service, event.report)])
      case 'service.port-fixed':
        return this.#own([
          `${this.#prefix(event.service)}${paint.yellow('note')} the app listens on port ${event.port} of its own choice, so old and new cannot overlap: ` +
            `it is served at ${event.publicUrl}, and requests wait during a restart. Listen on $PORT to get overlap.`,
        ])
      case 'instance.stopped':
        return verbose || event.killed
          ? this.#own([
              `${this.#prefix(event.service)}${paint.dim(`release ${event.release} stopped${event.killed ? ' (killed after its grace)' : ''}`)}`,
            ])
          : []
      case 'release.made':
      case 'rollout.started':
      case 'rollout.phase':
      case 'rollout.held':
      case 'rollout.verdict':
      case 'rollout.waiting':
      case 'rollout.finished':
      case 'rollout.recovered':
        return this.#own([this.#prefix(event.service) + rolloutLine(event, paint)])
      case 'instance.adopted':
        return this.#own([
          `${this.#prefix(event.service)}${paint.dim(`took over process ${event.pid} of release ${event.release}`)}`,
        ])
      case 'gateway.worker-died':
        return [`${paint.yellow('note')} gateway process ${event.pid} ended (${event.how}); another takes its place`]
      case 'gateway.worker-started':
        return verbose ? this.#own([paint.dim(`gateway process ${event.pid} takes connections`)]) : []
      case 'gateway.worker-adopted':
        return verbose ? this.#own([paint.dim(`gateway process ${event.pid} was at work already`)]) : []
      case 'gateway.worker-retiring':
        return verbose ? this.#own([paint.dim(`gateway process ${event.pid} takes no more connections`)]) : []
      case 'gateway.worker-ended':
        return verbose ? this.#own([paint.dim(`gateway process ${event.pid} ended`)]) : []
      case 'gateway.workers-missing':
        return this.#error('gateway', event.error)
      case 'gateway.superseded':
        return [`${paint.yellow('note')} another hotlane has taken the gateway over; this one steers nothing any more`]
      case 'journal.repaired':
        return [
          `${paint.yellow('note')} the last record of ${this.#place(event.file)} was torn by a crash and cut off (${event.bytes} bytes)`,
        ]
      case 'orphan.reaped':
        return this.#own([paint.dim(`stopped process ${event.pid} (${event.service}), left by an earlier run`)])
      case 'session.stopping':
        return this.#own([paint.dim('stopping')])
      case 'change.seen':
      case 'rule.finished':
      case 'build.aborted':
      case 'instance.started':
      case 'instance.ready':
      case 'browser.reloaded':
      case 'session.stopped':
        return []
    }
  }

  #switch(service: string, report: SwitchReport): string {
    const { paint } = this.#options
    const cost = [
      ...(report.buildMs >= 1 ? [`build ${formatDuration(report.buildMs)}`] : []),
      `start ${formatDuration(report.startMs)}`,
      ...(report.way === 'hold' ? [`${report.held} held`] : []),
    ].join(', ')
    if (report.savedToServedMs === undefined)
      return `${paint.green('serving')} release ${report.release} ${paint.dim(`(${cost})`)}`
    const lost = report.lost === 0 ? '0 lost' : paint.red(`${report.lost} lost`)
    return `${paint.green('served')} release ${report.release} in ${paint.bold(formatDuration(report.savedToServedMs))}${this.#change(service)} ${paint.dim(`(${cost})`)}, ${lost}`
  }

  #change(service: string): string {
    const [first, ...more] = this.#changed.get(service) ?? []
    if (first === undefined) return ''
    return more.length === 0 ? ` after ${first}` : ` after ${first} and ${more.length} more`
  }

  #error(service: string, error: ErrorReport): readonly string[] {
    return errorLines(error, this.#options.paint, this.#root).map((line) => this.#prefix(service) + line)
  }

  #own(lines: readonly string[]): readonly string[] {
    return this.#quiet ? [] : lines
  }

  #prefix(service: string): string {
    const width = Math.max(...this.#services.map((name) => name.length), service.length)
    const hue = hues[Math.max(0, this.#services.indexOf(service)) % hues.length] ?? 'cyan'
    return `${this.#options.paint[hue](service.padEnd(width))} ${this.#options.paint.dim('|')} `
  }

  #place(file: string): string {
    return relativeTo(this.#root, file)
  }
}

function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`
}
