import { check, deployBody, diffQuery, logsQuery, nothing, promoteBody, releaseNumber, rollbackBody } from './checks.ts'
import { plainStatus } from './plain-status.ts'
import type { ProductionControl } from './production.ts'
import { type Route, lines, value } from './route.ts'

const service = '/v1/services/:service'

/** What `hotlane up` answers besides. */
export const productionRoutes: readonly Route<ProductionControl>[] = [
  value('GET', '/v1/status', plainStatus),
  value('GET', '/v1/production', (control) => control.production()),
  value('GET', '/v1/services', (control) => control.declared()),
  value('POST', `${service}/deploy`, async (control, call) =>
    control.deploy({ service: call.service, ...check(deployBody, await call.body()) }),
  ),
  value('POST', `${service}/promote`, async (control, call) =>
    control.promote(call.service, check(promoteBody, await call.body()).full),
  ),
  value('POST', `${service}/rollback`, async (control, call) =>
    control.rollback(call.service, check(rollbackBody, await call.body()).release),
  ),
  ...(['pause', 'resume', 'abort'] as const).map((name) =>
    value<ProductionControl>('POST', `${service}/${name}`, async (control, call) => {
      check(nothing, await call.body())
      return control[name](call.service)
    }),
  ),
  value('GET', `${service}/releases`, (control, call) => control.releases(call.service)),
  value('GET', `${service}/diff`, (control, call) => {
    const { before, after } = check(diffQuery, call.query)
    return control.diff(call.service, before, after)
  }),
  value('GET', `${service}/reports/:release`, (control, call) =>
    control.report(call.service, check(releaseNumber, call.release)),
  ),
  value('GET', `${service}/rollout`, async (control, call) => (await control.rollout(call.service)) ?? null),
  lines('GET', '/v1/logs', async (control, call, open) => {
    const asked = check(logsQuery, call.query)
    const out = open()
    for await (const line of control.logs(asked, out.gone)) await out.paced(line)
  }),
  // By lines, since the API itself ends on the way: a client that is cut off has been told that it began.
  lines('POST', '/v1/down', async (control, call, open) => {
    check(nothing, await call.body())
    const out = open()
    await control.down()
    out.write({ down: true })
  }),
]
