import { once } from 'node:events'
import { type Route, lines, value } from './route.ts'
import type { Session, SessionView } from './session.ts'

/** What every session answers. */
export const commonRoutes: readonly Route<Session>[] = [
  value('GET', '/v1/session', ({ mode }): SessionView => ({ mode, pid: process.pid })),
  lines('GET', '/v1/events', async ({ control }, _call, open) => {
    const out = open()
    const unsubscribe = control.subscribe((event) => out.write(event))
    if (!out.gone.aborted) await once(out.gone, 'abort')
    unsubscribe()
  }),
]
