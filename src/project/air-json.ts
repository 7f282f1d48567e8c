import { buildAndRun } from './air-build.ts'
import { airRun } from './air-run.ts'
import { writeSettle } from './air-settings.ts'
import { projectName } from './project-name.ts'
import { type Draft, DraftWriter } from './draft.ts'
import type { ForeignFile } from './foreign.ts'
import { describeValue, type Problem, raise } from './problem.ts'
import { parseYaml } from './yaml-file.ts'
import { nearest } from '../support/nearest.ts'

const expected = { cmd: 'a text', bin: 'a text', delay: 'a number of milliseconds', logs: 'true or false' } as const

/**
 * A flat `air.conf.json` (`cmd`, `bin`, `delay`, `logs`), perhaps with comment lines before it. `delay` means what it says,
 * zero too.
 * @throws HotlaneError HL1002, HL1004
 */
export async function importAirJson(file: ForeignFile): Promise<Draft> {
  // JSON is YAML, whose parser tells positions; leading comment lines are comments there too, but for `//`.
  const json = parseYaml(strict(file), file.shown)
  const isObject = typeof json.value === 'object' && json.value !== null && !Array.isArray(json.value)
  const values = isObject ? (json.value as Record<string, unknown>) : {}
  const writer = new DraftWriter()
  const problems: Problem[] = []
  if (!isObject) problems.push(wrong('the file', 'a JSON object', json.value, json.valuePosition([])))
  for (const [key, value] of Object.entries(values)) {
    if (!Object.hasOwn(expected, key)) {
      const near = nearest(key, Object.keys(expected))
      const hint = near === undefined ? '' : `; the nearest known is "${near}"`
      writer.note(`"${key}" is not known in ${file.shown}${hint}. It has no effect.`, json.keyPosition([key]))
    } else if (!fits(key, value)) {
      problems.push(wrong(key, expected[key as keyof typeof expected], value, json.valuePosition([key])))
    }
  }
  raise(problems)
  const text = (key: string): string | undefined =>
    values[key] === '' ? undefined : (values[key] as string | undefined)
  const bin = file.platform === 'win32' ? './tmp/main.exe' : './tmp/main'
  const air = {
    text: (key: string) => (key === 'build.bin' ? text('bin') : undefined),
    whole: () => undefined,
    list: () => undefined,
    flag: () => false,
    has: (key: string) => key === 'build.bin' && 'bin' in values,
    raw: () => undefined,
    position: () => ('bin' in values ? json.valuePosition(['bin']) : { file: file.shown }),
  }
  const started = await airRun(air, { file, root: file.directory, bin })
  for (const note of started.notes) writer.note(note.text, note.position)
  const verbose = typeof values['logs'] === 'boolean' ? values['logs'] : undefined
  const made = buildAndRun(text('cmd') ?? `go build -o ${bin} .`, started, file, verbose)
  const service = ['services', await projectName(file.directory)]
  writer.set([...service, 'path'], '.', { file: file.shown })
  writer.set([...service, 'build'], made.build, json.valuePosition(['cmd']))
  if (made.run !== undefined) writer.set([...service, 'run'], made.run, started.position)
  if (made.args.length > 0) writer.set([...service, 'args'], made.args, started.position)
  if (typeof values['delay'] === 'number') writeSettle(writer, values['delay'], json.valuePosition(['delay']))
  return writer.finish({ kind: 'air-json', file: file.shown }, { base: file.root, files: [] })
}

/** The text without the comment lines before the object. */
function strict(file: ForeignFile): string {
  return file.text.replace(/^(?:[ \t]*(?:#|\/\/)[^\n]*\n|\s*\n)+/, (lines) => lines.replace(/[^\n]/g, ''))
}

function fits(key: string, value: unknown): boolean {
  if (key === 'delay') return typeof value === 'number' && Number.isFinite(value)
  return typeof value === (key === 'logs' ? 'boolean' : 'string')
}

function wrong(key: string, expected: string, value: unknown, position: Problem['position']): Problem {
  return { code: 'HL1004', params: { key, expected, actual: describeValue(value) }, position }
}
