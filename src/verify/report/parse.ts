import { HotlaneError } from '../../support/errors.ts'
import type { Report } from '../report.ts'

/** Reads a report that was written as JSON. @throws HotlaneError HL8004 */
export function parseReport(text: string, file: string): Report {
  const report = jsonOf(text)
  if (isReport(report)) return report
  throw new HotlaneError('HL8004', { params: { file } })
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === 'hotlane-verify/1'
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
