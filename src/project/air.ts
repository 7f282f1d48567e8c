import os from 'node:os'
import path from 'node:path'
import { buildAndRun } from './air-build.ts'
import { readAirFile } from './air-file.ts'
import { airRules } from './air-rules.ts'
import { airRun, relativeProgram } from './air-run.ts'
import { writeAirSettings } from './air-settings.ts'
import { airValues, type AirValues } from './air-values.ts'
import { writeAirWatch } from './air-watch.ts'
import { type Draft, DraftWriter } from './draft.ts'
import type { ForeignFile } from './foreign.ts'
import { clean } from './globs.ts'
import { serviceName } from './program.ts'
import { projectName } from './project-name.ts'

/**
 * A TOML file of air's as a draft of one service. Effective values are those that air would take (its merge ignores zero
 * values); what means something else here becomes a note.
 * @throws HotlaneError HL1002, HL1004, both with position
 */
export async function importAir(file: ForeignFile): Promise<Draft> {
  const read = readAirFile(file)
  const air = airValues(read)
  const writer = new DraftWriter()
  writer.notes.push(...read.notes)
  const root = rootOf(writer, air, file)
  const name = serviceName(air.text('proc.name') ?? (await projectName(file.directory)))
  const service = ['services', name]
  const tmpDir = clean(air.text('tmp_dir') ?? 'tmp')
  const suffix = file.platform === 'win32' ? '.exe' : ''
  const bin = `./${tmpDir}/main${suffix}`
  const cmd = air.text('build.cmd') ?? `go build -o ${bin} .`
  writer.set([...service, 'path'], relative(file.root, root), from(air, 'root', file))
  if (root !== file.directory) {
    writer.set([...service, 'cwd'], relative(root, file.directory), { file: file.shown })
    const text = `root is only what is watched: commands and the app run in ${relative(file.root, file.directory)}, as in air.`
    writer.note(text, air.has('root') ? air.position('root') : undefined)
  }
  const started = await airRun(air, { file, root, bin })
  for (const { text, position } of started.notes) writer.note(text, position)
  const made = buildAndRun(cmd, started, file)
  if (made.mismatch !== undefined) {
    writer.note(
      `The build writes ${made.mismatch} and no setting names that to air, which runs ${bin}. hotlane runs what is built.`,
      air.position('build.cmd'),
    )
  }
  writer.set([...service, 'build'], made.build, from(air, 'build.cmd', file))
  if (made.run !== undefined) writer.set([...service, 'run'], made.run, started.position)
  if (Object.keys(started.env).length > 0) writer.set([...service, 'env'], started.env, started.position)
  const args = [...made.args, ...(air.list('build.args_bin') ?? [])]
  if (args.length > 0) writer.set([...service, 'args'], args, from(air, 'build.args_bin', file))
  const rules = airRules(read, air)
  if (rules.rules.length > 0) writer.set([...service, 'rules'], rules.rules, air.position('build.rules.0'))
  await writeAirWatch(writer, air, {
    file,
    root,
    tmpDir,
    service,
    ruleDirectories: rules.directories,
    ruleInputs: rules.inputs,
  })
  writeAirSettings(writer, air, { file, service })
  const fileSource = { kind: 'air', file: file.shown } as const
  return writer.finish(fileSource, { base: file.root, files: [] })
}

function rootOf(writer: DraftWriter, air: AirValues, file: ForeignFile): string {
  const written = air.text('root') ?? '.'
  if (file.env['air_wd']) {
    if (written !== '.')
      writer.note('air_wd in the environment takes the place of root, as in air.', air.position('root'))
    return file.directory
  }
  const home = file.env['HOME'] ?? os.homedir()
  return path.resolve(file.directory, written.replace(/^~(?=\/)/, home))
}

function from(air: AirValues, key: string, file: ForeignFile): ReturnType<AirValues['position']> {
  return air.has(key) ? air.position(key) : { file: file.shown }
}

function relative(at: string, to: string): string {
  return to === at ? '.' : relativeProgram(at, to).replace(/^\.\//, '')
}
