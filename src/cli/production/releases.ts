import type { ReleaseView } from '../../api/production.ts'
import { ProductionClient } from '../../api/production-client.ts'
import { columns, width } from '../print/columns.ts'
import type { Paint } from '../print/paint.ts'
import { formatTime } from '../print/units.ts'
import { chooseService } from './choose.ts'
import { type PlaceFlags, placeOf } from './place.ts'
import { print } from './print.ts'

/** Prints the releases that are kept, the newest first. */
export async function releases(
  service: string | undefined,
  flags: PlaceFlags & { readonly json?: boolean },
): Promise<void> {
  const client = new ProductionClient(await placeOf(flags, process.env))
  const { name } = await chooseService(client, service)
  const list = (await client.releases(name)).toSorted((a, b) => b.number - a.number)
  print(list, flags.json, (colors) => (list.length === 0 ? [`${name} has no release yet`] : table(list, colors)))
}

function table(list: readonly ReleaseView[], paint: Paint): readonly string[] {
  const now = new Date()
  const titles = ['release', 'state', 'made', 'strategy', 'artifact'].map((title) => paint.dim(title))
  const rows = list.map(({ number, state, madeAt, strategy, artifact }) => [
    String(number),
    state === 'serving' ? paint.green(state) : state === 'failed' ? paint.red(state) : state,
    formatTime(madeAt, now),
    strategy,
    artifact.slice(0, 12),
  ])
  const taken = Math.max(...columns([titles, ...rows], [0]).map(width)) + '  '.length
  const room = Math.max(80, process.stdout.columns ?? 80) - taken
  const words = list.map(({ origin, note }) => shorten([originText(origin), note ?? []].flat().join(', '), room))
  return columns([titles, ...rows.map((row, index) => row.concat(words[index] ?? ''))], [0])
}

/** What does not fit into a line of the terminal, or of 80; `--json` has the whole. */
function shorten(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 3)}...`
}

function originText(origin: ReleaseView['origin']): string {
  switch (origin.kind) {
    case 'build':
      return 'built'
    case 'artifact':
      return `from ${origin.file}`
    case 'rollback':
      return `as release ${origin.of}`
  }
}
