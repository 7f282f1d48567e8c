import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { HotlaneError, reportError } from '../support/errors.ts'
import type { Control } from './control.ts'

/**
 * Serves the control API on a local socket, for this user only:
 * `GET /v1/status` (JSON), `GET /v1/events` (one JSON event a line, without end),
 * `POST /v1/rebuild[?service=NAME]`, `POST /v1/restart`. Errors are ErrorReports with status 400 or 500.
 */
export async function serveApi(socket: string, control: Control): Promise<AsyncDisposable> {
  // The session holds the project's lock, so a socket file that is there has no owner any more.
  if (!isPipe(socket)) await rm(socket, { force: true })
  const server = createServer((request, response) => void answer(request, response, control))
  server.listen(socket)
  await once(server, 'listening')
  if (!isPipe(socket)) await chmod(socket, 0o600)
  return { [Symbol.asyncDispose]: () => close(server) }
}

/** Named pipes of Windows have no file to remove or to guard. */
function isPipe(socket: string): boolean {
  return socket.startsWith('\\\\')
}

async function answer(request: IncomingMessage, response: ServerResponse, control: Control): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://hotlane')
  try {
    switch (`${request.method ?? ''} ${url.pathname}`) {
      case 'GET /v1/status':
        return send(response, 200, control.status())
      case 'GET /v1/events':
        return stream(response, control)
      case 'POST /v1/rebuild':
        await control.rebuild(url.searchParams.get('service') ?? undefined)
        return send(response, 200, control.status())
      case 'POST /v1/restart':
        await control.restart()
        return send(response, 200, control.status())
      default:
        throw new HotlaneError('HL7001', {
          params: { what: `the API has no ${request.method ?? ''} ${url.pathname}`, help: 'hotlane --help' },
        })
    }
  } catch (error) {
    const report = reportError(error)
    return send(response, report.blame === 'user' ? 400 : 500, report)
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

function stream(response: ServerResponse, control: Control): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders()
  const unsubscribe = control.subscribe((event) => void response.write(`${JSON.stringify(event)}\n`))
  response.on('close', unsubscribe)
}

async function close(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}
