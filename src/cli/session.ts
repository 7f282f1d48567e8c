import path from 'node:path'
import { ApiClient } from '../api/client.ts'
import type { Status } from '../model/status.ts'
import { locateSocket } from '../inspect.ts'
import { errorLines } from './print/error.ts'
import { paint, wantsColor } from './print/paint.ts'

export async function printStatus(directory: string, flags: { readonly json?: boolean }): Promise<void> {
  const status = await client(directory).status()
  process.stdout.write(flags.json === true ? `${JSON.stringify(status, null, 2)}\n` : statusText(status))
}

export async function rebuild(service: string | undefined, flags: { readonly directory: string }): Promise<void> {
  process.stdout.write(statusText(await client(flags.directory).rebuild(service)))
}

/** Ends when the session ends, or at Ctrl-C. */
export async function followEvents(directory: string): Promise<void> {
  for await (const event of client(directory).events(new AbortController().signal)) {
    process.stdout.write(`${JSON.stringify(event)}\n`)
  }
}

function client(directory: string): ApiClient {
  const root = path.resolve(directory)
  return new ApiClient({ socket: locateSocket(root, process.platform), directory: root })
}

function statusText(status: Status): string {
  const colors = paint(wantsColor(process.stdout, process.env))
  const width = Math.max(...status.services.map(({ name }) => name.length))
  const lines = status.services.flatMap((service) => {
    const { serving, requests, lost, inFlight, held } = service
    const what = serving === undefined ? colors.red('not served') : `release ${serving.release}, process ${serving.pid}`
    const counts = `${requests} requests, ${inFlight} in flight, ${held} held, ${lost} lost`
    const line = `${service.name.padEnd(width)}  ${service.url}  ${what}  ${colors.dim(counts)}`
    return service.error === undefined ? [line] : [line, ...errorLines(service.error, colors, status.root)]
  })
  return `${lines.join('\n')}\n`
}
