import { check, rebuildQuery } from './checks.ts'
import type { Control } from './control.ts'
import { type Route, value } from './route.ts'

/** What `hotlane dev` answers besides. */
export const devRoutes: readonly Route<Control>[] = [
  value('GET', '/v1/status', (control) => control.status()),
  value('POST', '/v1/rebuild', async (control, { query }) => {
    await control.rebuild(check(rebuildQuery, query).service)
    return control.status()
  }),
  value('POST', '/v1/restart', async (control) => {
    await control.restart()
    return control.status()
  }),
]
