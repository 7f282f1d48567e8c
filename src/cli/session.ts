import { ApiClient } from '../api/client.ts'
import { paint, wantsColor } from './print/paint.ts'
import { statusLines } from './print/status.ts'
import { type PlaceFlags, placeOf } from './production/place.ts'

export async function rebuild(service: string | undefined, flags: PlaceFlags): Promise<void> {
  const status = await new ApiClient(await placeOf(flags, process.env)).rebuild(service)
  process.stdout.write(`${statusLines(status, paint(wantsColor(process.stdout, process.env))).join('\n')}\n`)
}

/** Ends when the session ends, or at Ctrl-C. */
export async function followEvents(flags: PlaceFlags): Promise<void> {
  const client = new ApiClient(await placeOf(flags, process.env))
  for await (const event of client.events(new AbortController().signal)) {
    process.stdout.write(`${JSON.stringify(event)}\n`)
  }
}
