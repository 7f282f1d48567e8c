import { HotlaneError } from '../../support/errors.ts'

/** The address of `hotlane up --api`: `9000` (this machine), `127.0.0.1:9000`, `[::1]:9000`. @throws HotlaneError HL7001 */
export function parseApiAddress(text: string): { readonly host: string; readonly port: number } {
  const [, six, four, digits = ''] = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits !== '' && port <= 65_535) return { host: six ?? four ?? '127.0.0.1', port }
  const what = `--api should be an address such as 127.0.0.1:9000, not ${text}`
  throw new HotlaneError('HL7001', { params: { what, help: 'hotlane up --help' } })
}
