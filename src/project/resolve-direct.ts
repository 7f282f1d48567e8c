import type { Position } from '../support/errors.ts'
import { describeValue, type Problem, raise } from './problem.ts'
import type { ServiceSettings } from './schema.ts'

/**
 * A service that accepts connections by itself cannot have what the gateway does for others. `at` is the dotted path of the
 * service.
 * @throws HotlaneError HL1004
 */
export function checkDirect(at: string, settings: ServiceSettings, position: (path: string) => Position): void {
  const { build, listen, overlap, port, protocol, reload, route } = settings
  const problems: Problem[] = []
  const refuse = (key: string, expected: string, actual: unknown): void => {
    const params = { key: `${at}.${key}`, expected: `${expected} beside "direct: true"`, actual: describeValue(actual) }
    problems.push({ code: 'HL1004', params, position: position(`${at}.${key}`) })
  }
  const { host, path = '/' } = typeof route === 'string' ? { path: route } : (route ?? {})
  if (host !== undefined || path !== '/') refuse('route', '/', route)
  const tls = typeof listen === 'object' ? listen.tls : undefined
  if (tls !== undefined) refuse('listen.tls', 'nothing', tls)
  if (protocol === 'h2c') refuse('protocol', 'nothing', protocol)
  if (port !== undefined) refuse('port', 'nothing', port)
  if (overlap === 'hold') refuse('overlap', 'auto', overlap)
  if (reload === true) refuse('reload', 'false', reload)
  const debug = typeof build === 'object' && 'debug' in build ? build.debug : undefined
  if (debug !== undefined && debug !== false) refuse('build.debug', 'false', debug)
  raise(problems)
}
