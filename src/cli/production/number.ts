import { HotlaneError } from '../../support/errors.ts'

/** A whole number above 0, as the words of a command line have it. @throws HotlaneError HL7001 */
export function numberOf(what: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  const params = { what: `${what} should be a whole number above 0, not ${text}`, help: 'hotlane --help' }
  throw new HotlaneError('HL7001', { params })
}
