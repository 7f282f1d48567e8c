import path from 'node:path'
import type { DraftWriter } from './draft.ts'
import { clean } from './globs.ts'
import { parseGoBuildWords } from './go-build-line.ts'
import type { RealizeTable } from './realize-file.ts'
import type { RealizePlace } from './realize.ts'
import { joinWords } from './words.ts'

const tools = ['clean', 'vet', 'fmt', 'test', 'generate'] as const
const methods = {
  clean: 'go clean',
  vet: 'go vet',
  fmt: 'gofmt',
  test: 'go test',
  generate: 'go generate',
  install: 'go install',
  build: 'go build',
} as const

/** Writes build and run of an entry, and the tools that run at a change as one rule. */
export function writeRealizeCommands(writer: DraftWriter, entry: RealizeTable, place: RealizePlace): void {
  const commands = entry.table('commands')
  const run = commands.table('run')
  writeBuild(writer, commands, place)
  // realize runs nothing without `run.status`; a service that is never started would be none.
  if (!run.flag('status'))
    writer.note('commands.run is not on, so realize starts no app; hotlane does.', commands.position('run'))
  const program = runProgram(run, place)
  if (program !== undefined) writer.set([...place.service, 'run'], program, run.position('method'))
  writeTools(writer, commands, place)
}

/** `install` or `build`, whichever is on; neither counts as `install`, as in realize. */
function writeBuild(writer: DraftWriter, commands: RealizeTable, place: RealizePlace): void {
  const name = !commands.table('install').flag('status') && commands.table('build').flag('status') ? 'build' : 'install'
  const stage = commands.table(name)
  const words = [...fields(stage.text('method') ?? methods[name]), ...stage.texts('args').flatMap(fields)]
  const directory = stage.text('dir')
  const plain = parseGoBuildWords(words)
  const position = commands.has(name) ? commands.position(name) : { file: place.file.shown }
  if (directory !== undefined && path.resolve(place.directory, directory) !== place.directory) {
    writer.set([...place.service, 'cwd'], clean(directory), stage.position('dir'))
  }
  if (plain === undefined)
    return writer.set([...place.service, 'build'], { command: words, ...verbose(stage) }, position)
  const flags = plain.flags.length === 0 ? {} : { flags: [...plain.flags] }
  writer.set([...place.service, 'build'], { go: plain.package, ...flags }, position)
}

function verbose(stage: RealizeTable): { readonly verbose?: true } {
  return stage.flag('output') ? { verbose: true } : {}
}

/** What `run` names: an exact program, or a directory whose program has its name; undefined where the artifact is meant. */
function runProgram(run: RealizeTable, place: RealizePlace): readonly string[] | undefined {
  const method = run.text('method')
  if (method !== undefined) return [method]
  const directory = run.text('path')
  if (directory === undefined) return undefined
  return [
    path.posix.join(
      path.isAbsolute(directory) ? directory : `./${clean(directory)}`,
      path.basename(path.resolve(place.directory, directory)),
    ),
  ].map((program) => (program.startsWith('/') ? program : `./${program}`))
}

/** One rule, since the first rule that matches wins: the tools run one after the other, then the build. */
function writeTools(writer: DraftWriter, commands: RealizeTable, place: RealizePlace): void {
  const used = tools.filter((name) => commands.table(name).flag('status'))
  if (used.length === 0) return
  const lines = used.map((name) => {
    const stage = commands.table(name)
    const given = stage.texts('args').flatMap(fields)
    const args = name === 'fmt' && given.length === 0 ? ['-s', '-w', '-e'] : given
    const words = [...fields(stage.text('method') ?? methods[name]), ...args]
    const target = stage.has('method') ? [] : [name === 'fmt' ? '.' : './...']
    return joinWords([...words, ...target])
  })
  const writes = used.some((name) => name === 'fmt' || name === 'generate') ? { outputs: ['**/*.go'] } : {}
  const rule = { name: used.join(', '), inputs: ['**/*.go'], command: lines.join(' && '), ...writes, action: 'rebuild' }
  writer.set([...place.service, 'rules'], [rule], commands.position(used[0]))
  const text = `${used.join(', ')} run once at a change of a Go file, over all packages, and a failure ends the cycle; realize runs them for each file, at start too.`
  writer.note(text, commands.position(used[0]))
}

/** realize splits at blanks and knows no quotes. */
function fields(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
