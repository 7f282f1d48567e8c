import type { Report } from '../../../src/verify/report.ts'
import { hotlane } from './cli.ts'

export interface Verified {
  readonly code: number
  readonly report: Report
  readonly stderr: string
}

/** Runs `hotlane verify --json` and reads its report. */
export async function verify(words: readonly string[], directory = process.cwd()): Promise<Verified> {
  const { code, stdout, stderr } = await hotlane(['verify', ...words, '--json'], directory)
  if (stdout === '') throw new Error(`there is no report: ${stderr}`)
  return { code, report: JSON.parse(stdout) as Report, stderr }
}
