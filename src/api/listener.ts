import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type ErrorCode, HotlaneError, reportError } from '../support/errors.ts'
import { commonRoutes } from './common-routes.ts'
import { devRoutes } from './dev-routes.ts'
import { JsonLines } from './json-lines.ts'
import { productionRoutes } from './production-routes.ts'
import { readBody } from './read-body.ts'
import { type Call, type Found, findRoute } from './route.ts'
import type { Session } from './session.ts'

/** Status of errors that are not plainly the user's (400) or ours (500): RFC 9110, section 15.5. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = { HL7001: 404, HL7005: 409, HL7006: 401 }

/** Answers requests of the control API that `admits` lets in; errors as ErrorReports. */
export function apiListener(session: Session, admits: (request: IncomingMessage) => boolean): RequestListener {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      if (!admits(request)) throw new HotlaneError('HL7006')
      await answerCall(session, request, response)
    } catch (error) {
      refuse(request, response, error)
    }
  }
  return (request, response) => void answer(request, response)
}

async function answerCall(session: Session, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(`http://hotlane${request.url ?? '/'}`)
  const [method, path] = [request.method ?? '', url.pathname]
  const run = async <C>({ route, segments }: Found<C>, control: C): Promise<void> => {
    const call: Call = {
      service: decode(segments.service),
      release: segments.release,
      query: Object.fromEntries(url.searchParams),
      body: () => readBody(request),
    }
    if (route.answer.kind === 'value') return send(response, 200, await route.answer.ask(control, call))
    await route.answer.tell(control, call, () => new JsonLines(response))
    response.end()
  }
  const common = findRoute(commonRoutes, method, path)
  if (common !== undefined) return run(common, session)
  const [dev, production] = [findRoute(devRoutes, method, path), findRoute(productionRoutes, method, path)]
  if (session.mode === 'dev' && dev !== undefined) return run(dev, session.control)
  if (session.mode === 'production' && production !== undefined) return run(production, session.control)
  throw unanswered(session, `${method} ${path}`, dev !== undefined || production !== undefined)
}

function unanswered({ mode }: Session, what: string, known: boolean): HotlaneError {
  if (!known) return new HotlaneError('HL7001', { params: { what: `the API has no ${what}`, help: 'hotlane --help' } })
  const [is, other] = mode === 'dev' ? ['hotlane dev', 'hotlane up'] : ['hotlane up', 'hotlane dev']
  return new HotlaneError('HL7005', { params: { is, other } })
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new HotlaneError('HL7004', { params: { what: `${segment} is not percent-encoded` }, cause })
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const report = reportError(error)
  // What is left of a body is not read: the connection cannot be used again.
  if (!request.complete) response.shouldKeepAlive = false
  if (response.headersSent) response.end(`${JSON.stringify({ error: report })}\n`)
  else send(response, statuses[report.code] ?? (report.blame === 'user' ? 400 : 500), report)
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}
