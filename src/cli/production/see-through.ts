import { ApiClient } from '../../api/client.ts'
import { ProductionClient } from '../../api/production-client.ts'
import type { ApiPlace } from '../../api/connection.ts'
import type { Event } from '../../model/event.ts'
import type { RolloutReport, RolloutView } from '../../model/rollout.ts'
import { formatDuration } from '../../support/duration.ts'
import { exitCodeOf, reportError } from '../../support/errors.ts'
import { printError } from '../print/error.ts'
import { paint, wantsColor } from '../print/paint.ts'
import { endLines } from '../print/rollout-end.ts'
import { RolloutScreen } from '../print/rollout-screen.ts'
import { hasEnded } from './choose.ts'
import { Feed } from './feed.ts'
import { followRollout } from './follow.ts'

/** Exit codes of a command that sees a rollout through, besides those of errors. */
const codes = { complete: 0, aborted: 1, waits: 3, detached: 130 } as const
/** Which code tells of several rollouts: the first of these that one of them has. */
const byWeight = [70, 2, codes.aborted, codes.detached, codes.waits, codes.complete] as const

export interface SeenThrough {
  readonly place: ApiPlace
  readonly services: readonly string[]
  /** Asks for what begins, or steers, the rollout of a service. */
  readonly begin: (client: ProductionClient, service: string) => Promise<RolloutView>
  /** How a rollout should end: what makes exit code 0. */
  readonly wanted: 'complete' | 'aborted'
  readonly wait: boolean
  readonly json: boolean
}

/**
 * Begins the rollouts of services and tells how they go on, until each has ended or waits for a person. Ctrl-C ends the
 * telling alone. Resolves with the exit code.
 */
export async function seeThrough(asked: SeenThrough): Promise<number> {
  const detach = new AbortController()
  const client = new ProductionClient(asked.place, detach.signal)
  using screen = new RolloutScreen({
    stream: asked.json ? process.stderr : process.stdout,
    paint: paint(wantsColor(asked.json ? process.stderr : process.stdout, process.env)),
    services: asked.services,
  })
  using feed = await Feed.open(new ApiClient(asked.place), (event) => {
    if (!asked.json) tellWork(event, asked.services, screen)
  })
  const interrupt = (): void => detach.abort()
  process.once('SIGINT', interrupt)
  const failures: unknown[] = []
  const ended = await Promise.all(
    asked.services.map(async (service) => {
      try {
        return await seeOne(service, asked, { client, feed, screen, signal: detach.signal })
      } catch (error) {
        screen.finish(service)
        if (detach.signal.aborted) return codes.detached
        failures.push(error)
        return exitCodeOf(error)
      }
    }),
  )
  process.off('SIGINT', interrupt)
  screen[Symbol.dispose]()
  if (detach.signal.aborted) process.stderr.write(detachedText(asked.services))
  const colors = paint(wantsColor(process.stderr, process.env))
  for (const failure of failures) printError(process.stderr, failure, colors)
  return byWeight.find((code) => ended.includes(code)) ?? codes.complete
}

interface Means {
  readonly client: ProductionClient
  readonly feed: Feed
  readonly screen: RolloutScreen
  readonly signal: AbortSignal
}

async function seeOne(service: string, asked: SeenThrough, { client, feed, screen, signal }: Means): Promise<number> {
  const tell = (view: RolloutView): void => {
    if (asked.json) process.stdout.write(`${JSON.stringify(view)}\n`)
    else screen.show(view)
  }
  const first = await asked.begin(client, service)
  if (!asked.wait) {
    tell(first)
    screen.finish(service)
    return codes.complete
  }
  const away = (gone: boolean): void => {
    if (!asked.json) screen.say(service, gone ? 'hotlane is away; waiting for its successor' : 'hotlane is back')
  }
  let last = first
  for await (const view of followRollout(first, { client, feed, away }, signal)) {
    last = view
    tell(view)
    if (view.needsPerson === true) break
  }
  screen.finish(service)
  if (signal.aborted) return codes.detached
  const report = hasEnded(last) ? await reportOf(last, client) : undefined
  if (!asked.json) {
    for (const line of endLines(last, report, paint(wantsColor(process.stdout, process.env)))) screen.say(service, line)
  }
  if (!hasEnded(last)) return codes.waits
  // A rollback of what is on its way is its abort.
  const wanted = first.phase === 'aborting' ? 'aborted' : asked.wanted
  return last.phase === wanted ? codes.complete : codes.aborted
}

/** A change back to a warm release has none: the one that is kept tells how that release was deployed. */
async function reportOf(
  { id, service, to }: RolloutView,
  client: ProductionClient,
): Promise<RolloutReport | undefined> {
  try {
    const report = await client.report(service, to)
    return report.rollout.id === id ? report : undefined
  } catch (error) {
    if (reportError(error).code !== 'HL6107') throw error
    return undefined
  }
}

/** What is no part of a rollout's view. */
function tellWork(event: Event, services: readonly string[], screen: RolloutScreen): void {
  if (event.type === 'build.started' && services.includes(event.service)) screen.doing(event.service, 'building')
  if (event.type === 'build.finished' && services.includes(event.service)) {
    const same = event.same ? ': the same program as before' : ''
    screen.say(event.service, `built in ${formatDuration(event.ms)}${same}`)
  }
  // The view has the reason, but not what the program wrote before it ended.
  if (event.type === 'instance.failed' && services.includes(event.service)) {
    const { output = '' } = event.error
    const lines = output.trimEnd().replaceAll(/^/gm, '  ')
    if (lines.trim() !== '') screen.say(event.service, `last lines of release ${event.release}:\n${lines}`)
  }
}

function detachedText(services: readonly string[]): string {
  const [service = ''] = services
  const which = services.length === 1 ? ` ${service}` : ' SERVICE'
  return `detached; what was begun goes on: "hotlane why${which}" tells how it stands, "hotlane abort${which}" ends it\n`
}
