import { type Paint, paint, wantsColor } from '../print/paint.ts'

/** Prints lines, or the value as JSON where that is asked for. */
export function print(value: unknown, json: boolean | undefined, lines: (colors: Paint) => readonly string[]): void {
  const colors = paint(wantsColor(process.stdout, process.env))
  const text = json === true ? JSON.stringify(value, null, 2) : lines(colors).join('\n')
  process.stdout.write(`${text}\n`)
}
