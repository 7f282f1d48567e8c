import path from 'node:path'
import { HotlaneError } from '../support/errors.ts'
import { detectHere, type DetectPlace, detectTree } from './detect-tree.ts'
import { type Draft, DraftWriter } from './draft.ts'
import type { Program } from './program.ts'

/**
 * A draft of what a tree holds, without any settings file. Of several programs those are taken that are seen to listen;
 * those named in `chosen` always are.
 * @throws HotlaneError HL1001 (nothing found), HL1008 (several, and none is seen to listen)
 */
export async function detectProject(place: DetectPlace, chosen: readonly string[]): Promise<Draft> {
  const programs = await detectTree(place)
  if (programs.length === 0) throw new HotlaneError('HL1001', { params: { directory: place.root } })
  const listening = programs.filter((program) => program.listens || chosen.includes(program.name))
  const taken = programs.length === 1 ? programs : listening
  if (taken.length === 0) throw undecided(place.root, programs)
  const writer = new DraftWriter()
  for (const program of taken) {
    writer.set(['services', program.name, 'path'], path.relative(place.root, program.directory) || '.', 'detected')
    writeProgram(writer, program.name, program)
  }
  const left = programs.filter((program) => !taken.includes(program)).map((program) => program.name)
  if (left.length > 0) {
    writer.note(`Not served, for nothing in the source is seen to listen: ${left.join(', ')}. --service NAME chooses.`)
  }
  return writer.finish({ kind: 'detected' }, { base: place.root, files: [] })
}

/**
 * Writes what a service's directory holds into a draft that says neither how it is built nor how it is run.
 * @throws HotlaneError HL1001, HL1008
 */
export async function detectService(
  writer: DraftWriter,
  name: string,
  directory: string,
  place: DetectPlace,
): Promise<void> {
  const programs = await detectHere(directory, place)
  if (programs.length === 0) throw new HotlaneError('HL1001', { params: { directory } })
  const listening = programs.filter((program) => program.listens)
  const choices = [programs, programs.filter((program) => program.name === name), listening]
  const [program] = choices.find((choice) => choice.length === 1) ?? []
  if (program === undefined) throw undecided(directory, programs)
  writeProgram(writer, name, program)
}

function writeProgram(writer: DraftWriter, name: string, program: Program): void {
  for (const [key, value] of Object.entries(program.settings)) writer.add(['services', name, key], value, 'detected')
  if (program.note !== undefined) writer.note(program.note)
}

function undecided(directory: string, programs: readonly Program[]): HotlaneError {
  const known = programs.map((program) => program.name).join(', ')
  return new HotlaneError('HL1008', { params: { directory, count: programs.length, known } })
}
