import { HotlaneError } from '../support/errors.ts'

/** HL4005 with its port as a number. */
export class PortInUse extends HotlaneError {
  readonly port: number

  constructor(port: number, details: { readonly service: string; readonly holder: string; readonly output: string }) {
    const { service, holder, output } = details
    super('HL4005', { params: { service, port, holder }, output })
    this.port = port
  }
}

/** What runtimes say of a bind that failed (EADDRINUSE, WSAEADDRINUSE), and the places at which they name the port. */
const complaint =
  /address (is )?already in use|EADDRINUSE|AddrInUse|Only one usage of each socket address|port \d+ (was|is) (already )?in use/i

const places: readonly RegExp[] = [
  // Node: "listen EADDRINUSE: address already in use :::3000"
  /EADDRINUSE[^\n]*?:(\d{1,5})\b(?!.*:\d)/,
  // Go: "listen tcp [::1]:8080: bind: …"; .NET: "Failed to bind to address http://127.0.0.1:5000: address …"
  /\b(?:listen|address) \S*?[^\n]*?:(\d{1,5}): /,
  // Python asyncio, uvicorn, gunicorn: "… address ('0.0.0.0', 8000): …"
  /\('[^'\n]*', (\d{1,5})(?:, \d+, \d+)?\)/,
  // Spring: "Port 8080 was already in use"; Flask: "Port 5000 is in use"; Puma: "… port 3000 (Errno::EADDRINUSE)"
  /\bport:? (\d{1,5})\b/i,
  // Node's error object, on a line of its own
  /^\s*port: (\d{1,5}),?$/m,
  // Anything else that names an address on the line of the complaint
  /:(\d{1,5})\b/,
]

/** The port of a complaint about a taken address in a program's output, if there is one that names it. The last one counts. */
export function parsePortInUse(output: string): number | undefined {
  const lines = stripColours(output).split('\n')
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? ''
    if (!complaint.test(line)) continue
    const port = portOf(line) ?? portOf(lines.slice(index + 1, index + 10).join('\n'), places.slice(2, 5))
    if (port !== undefined) return port
  }
  return undefined
}

function portOf(text: string, among = places): number | undefined {
  for (const place of among) {
    const port = Number(place.exec(text)?.[1])
    if (port > 0 && port < 65_536) return port
  }
  return undefined
}

function stripColours(text: string): string {
  // eslint-disable-next-line no-control-regex -- escape sequences begin with a control character
  return text.replaceAll(/\u001b\[[\d;]*m/g, '')
}
