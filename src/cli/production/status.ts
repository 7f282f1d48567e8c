import { ApiClient } from '../../api/client.ts'
import type { ApiPlace } from '../../api/connection.ts'
import type { ProductionStatus } from '../../api/production.ts'
import { ProductionClient } from '../../api/production-client.ts'
import type { Status } from '../../model/status.ts'
import { type Paint, paint, wantsColor } from '../print/paint.ts'
import { productionLines } from '../print/production-status.ts'
import { statusLines } from '../print/status.ts'
import { clearScreen } from '../print/terminal.ts'
import { Feed } from './feed.ts'
import { type PlaceFlags, placeOf } from './place.ts'

/** Looked at so often at most and at least while it is watched, in ms. */
const pace = { leastMs: 200, mostMs: 1000 } as const

/** Prints what the running hotlane serves; with `watch` again whenever that changes, until Ctrl-C or the end of the session. */
export async function status(flags: PlaceFlags & { readonly json?: boolean; readonly watch?: boolean }): Promise<void> {
  const place = await placeOf(flags, process.env)
  const colors = paint(wantsColor(process.stdout, process.env))
  const ask = await asker(place)
  const watched = flags.watch === true
  const show = async (before: string): Promise<string> => {
    const { value, lines } = await ask(colors)
    const text = flags.json === true ? JSON.stringify(value, null, watched ? 0 : 2) : lines.join('\n')
    if (text === before) return text
    const clear = watched && process.stdout.isTTY && flags.json !== true ? clearScreen : ''
    const gap = watched && clear === '' && flags.json !== true ? '\n' : ''
    process.stdout.write(`${clear}${text}\n${gap}`)
    return text
  }
  let shown = await show('')
  if (!watched) return
  const gone = new AbortController()
  process.stdout.once('error', () => gone.abort())
  using feed = await Feed.open(new ApiClient(place), () => undefined)
  while (!gone.signal.aborted) {
    await feed.change(pace.mostMs, gone.signal)
    shown = await show(shown)
    // Counts change with every event; nobody reads faster than this.
    await new Promise((resolve) => setTimeout(resolve, pace.leastMs))
  }
}

interface Told {
  readonly value: ProductionStatus | Status
  readonly lines: readonly string[]
}

/** How the session at a place is asked, by its kind. */
async function asker(place: ApiPlace): Promise<(colors: Paint) => Promise<Told>> {
  const any = new ApiClient(place)
  if ((await any.session()).mode === 'dev') {
    return async (colors) => {
      const value = await any.status()
      return { value, lines: statusLines(value, colors) }
    }
  }
  const production = new ProductionClient(place)
  return async (colors) => {
    const value = await production.production()
    return { value, lines: productionLines(value, colors) }
  }
}
