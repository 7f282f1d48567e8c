import { readFile } from 'node:fs/promises'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'
import { compare, comparisonLines, parseReport } from '../verify-report.ts'
import { paint, wantsColor } from './print/paint.ts'

/** Prints what differs between two reports. @throws HotlaneError HL1005, HL8004 */
export async function compareReports(a: string, b: string, flags: { readonly json?: boolean }): Promise<void> {
  const comparison = compare(parseReport(await read(a), a), parseReport(await read(b), b))
  const colors = paint(wantsColor(process.stdout, process.env))
  const lines = comparisonLines(comparison).map(({ text, hue }) => (hue === undefined ? text : colors[hue](text)))
  process.stdout.write(flags.json === true ? `${JSON.stringify(comparison, null, 2)}\n` : `${lines.join('\n')}\n`)
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    throw new HotlaneError('HL1005', { params: { file, option: 'the command line' }, cause: error })
  }
}
