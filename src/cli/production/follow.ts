import type { ProductionControl } from '../../api/production.ts'
import type { RolloutView } from '../../model/rollout.ts'
import { reportError } from '../../support/errors.ts'
import { hasEnded } from './choose.ts'
import type { Feed } from './feed.ts'

/** A look at least so often, whatever is told, in ms. */
const everyMs = 1000
/** A session that is away for longer does not come back by itself, in ms. */
const awayMs = 30_000

export interface Followed {
  readonly client: Pick<ProductionControl, 'rollout' | 'report'>
  readonly feed: Feed
  /** Told when the session goes away, and when it is back. */
  readonly away: (gone: boolean) => void
}

/** A rollout as it goes on, from `first` to its end or the signal; each view differs from the one before. */
export async function* followRollout(
  first: RolloutView,
  { client, feed, away }: Followed,
  signal: AbortSignal,
): AsyncGenerator<RolloutView> {
  let told = first
  let goneMs: number | undefined
  yield first
  while (!hasEnded(told)) {
    await feed.change(everyMs, signal)
    if (signal.aborted) return
    try {
      const now = await look(client, first)
      if (goneMs !== undefined) away(false)
      goneMs = undefined
      if (contentOf(now) === contentOf(told)) continue
      told = now
    } catch (error) {
      if (signal.aborted) return
      if (goneMs === undefined) away(true)
      goneMs ??= performance.now()
      if (!isAway(error) || performance.now() - goneMs > awayMs) throw error
      continue
    }
    yield told
  }
}

/** The rollout as it is, or as its report tells it where another has taken its place. */
async function look(client: Followed['client'], { id, service, to }: RolloutView): Promise<RolloutView> {
  const now = await client.rollout(service)
  return now?.id === id ? now : (await client.report(service, to)).rollout
}

/** Times at which it looks again change all the time. */
function contentOf({ until: _until, ...view }: RolloutView): string {
  return JSON.stringify(view)
}

function isAway(error: unknown): boolean {
  const { code } = reportError(error)
  return code === 'HL7003' || code === 'HL7007'
}
