import path from 'node:path'
import { HotlaneError } from './support/errors.ts'
import type { VerifyResult } from './verify-run.ts'
import { htmlReport } from './verify/report/html.ts'
import { jtlReport } from './verify/report/jtl.ts'
import { junitReport } from './verify/report/junit.ts'

export { reportLines as reportText } from './verify/report/table.ts'
export { comparisonLines, compare } from './verify/compare.ts'
export { parseReport } from './verify/report/parse.ts'

const forms = { '.json': 'json', '.html': 'html', '.jtl': 'jtl', '.xml': 'junit' } as const

export type ReportForm = (typeof forms)[keyof typeof forms]

/** The form of a report by the ending of its file. @throws HotlaneError HL7001 */
export function formOf(file: string): ReportForm {
  const ending = path.extname(file).toLowerCase()
  if (ending in forms) return forms[ending as keyof typeof forms]
  const what = `--output ${file}: the ending should be one of ${Object.keys(forms).join(', ')}`
  throw new HotlaneError('HL7001', { params: { what, command: 'verify' } })
}

export function renderReport(form: ReportForm, { report, samples, plan }: VerifyResult): string {
  switch (form) {
    case 'json':
      return `${JSON.stringify(report, null, 2)}\n`
    case 'html':
      return htmlReport(report)
    case 'jtl':
      return jtlReport(samples, { plan, beganAtMs: Date.parse(report.beganAt) })
    case 'junit':
      return junitReport(report)
  }
}
