import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import type { Position } from '../support/errors.ts'
import { exists } from '../support/files.ts'
import type { AirValues } from './air-values.ts'
import type { ForeignFile } from './foreign.ts'
import { parseProgramLine } from './program-line.ts'

/** What air would start. */
export interface AirRun {
  readonly run: readonly string[] | string
  readonly env: Readonly<Record<string, string>>
  /** Absolute path of the program, where it is named by a path and no shell line stands in between. */
  readonly program?: string
  /** False for the default that no setting has named. */
  readonly explicit: boolean
  readonly position: Position
  readonly notes: readonly { readonly text: string; readonly position: Position }[]
}

export interface AirRunPlace {
  readonly file: ForeignFile
  /** Absolute `root`. */
  readonly root: string
  /** `bin` where the file has none. */
  readonly bin: string
}

/** The program in air's order: `full_bin`, `entrypoint`, `[proc].cmd` (not air's own), `bin`, the default. */
export async function airRun(air: AirValues, place: AirRunPlace): Promise<AirRun> {
  const full = air.text('build.full_bin')
  if (full !== undefined) return line(full, 'build.full_bin', air, place)
  const entry = air.raw('build.entrypoint')
  const entrypoint = typeof entry === 'string' ? [entry] : (air.list('build.entrypoint') ?? [])
  if (entrypoint[0]) return fromEntrypoint(entrypoint, air, place)
  const command = air.text('proc.cmd')
  if (command !== undefined) return line(command, 'proc.cmd', air, place)
  return fromBin(air, place)
}

function line(text: string, key: string, air: AirValues, place: AirRunPlace): AirRun {
  const position = air.position(key)
  const { env, run } = parseProgramLine(text, place.file.platform)
  const notes =
    key === 'build.full_bin' && text.startsWith('/') && /\s/.test(text)
      ? [
          {
            text: 'air quotes a full_bin that starts with / and has blanks as one word, and fails. hotlane splits it.',
            position,
          },
        ]
      : []
  return { run, env, ...programOf(run, place.file.directory), explicit: true, position, notes }
}

async function fromEntrypoint(words: readonly string[], air: AirValues, place: AirRunPlace): Promise<AirRun> {
  const position = air.position('build.entrypoint')
  const [name = '', ...rest] = words
  const common = { env: {}, explicit: true, position }
  const inRoot = path.resolve(place.root, name)
  if (/[/\\]/.test(name) || !(await onPath(name, place.file))) {
    return { ...common, run: [relativeProgram(place.file.directory, inRoot), ...rest], program: inRoot, notes: [] }
  }
  const shadowed = await exists(inRoot)
  const text = `"${name}" is taken from the PATH, as air does, and not the file ${name} of the project; "./${name}" would name that.`
  return { ...common, run: words, notes: shadowed ? [{ text, position }] : [] }
}

function fromBin(air: AirValues, place: AirRunPlace): AirRun {
  const explicit = air.text('build.bin')
  const position = air.position('build.bin')
  const words = (explicit ?? place.bin).trim().split(/\s+/)
  const program = path.resolve(place.file.directory, String(words[0]))
  const run = [relativeProgram(place.file.directory, program), ...words.slice(1)]
  const text =
    'air 1.62 and later take a bin with blanks as one file name, and fail. hotlane splits it; args_bin is the place for arguments.'
  const notes = explicit !== undefined && words.length > 1 ? [{ text, position }] : []
  return { run, env: {}, program, explicit: explicit !== undefined, position, notes }
}

/** A program's path as it can be started from a directory: with `./` where it lies below. */
export function relativeProgram(directory: string, program: string): string {
  const relative = path.relative(directory, program).split(path.sep).join('/')
  return relative.startsWith('../') || path.isAbsolute(relative) ? program : `./${relative}`
}

function programOf(run: readonly string[] | string, directory: string): { readonly program?: string } {
  const name = typeof run === 'string' ? undefined : run[0]
  return name !== undefined && /[/\\]/.test(name) ? { program: path.resolve(directory, name) } : {}
}

async function onPath(name: string, file: ForeignFile): Promise<boolean> {
  const directories = (file.env['PATH'] ?? file.env['Path'] ?? '').split(file.platform === 'win32' ? ';' : ':')
  const endings = file.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : ['']
  const candidates = directories
    .filter((each) => each !== '')
    .flatMap((each) => endings.map((end) => path.join(each, name + end)))
  const found = await Promise.all(
    candidates.map((each) =>
      access(each, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
