import path from 'node:path'
import type { DraftWriter } from './draft.ts'
import type { RealizeTable } from './realize-file.ts'
import type { RealizePlace } from './realize.ts'
import type { StepSettings } from './schema.ts'

/** Writes `watcher.scripts`: before a build or after a switch, or with `global` once at the start or the end. */
export function writeRealizeScripts(writer: DraftWriter, scripts: readonly RealizeTable[], place: RealizePlace): void {
  const lists = {
    before: [...place.service, 'before'],
    after: [...place.service, 'after'],
    start: ['hooks', 'start'],
    exit: ['hooks', 'exit'],
  } as const
  for (const script of scripts) {
    const words = (script.text('command') ?? '')
      .replace(/["']/g, '')
      .split(/\s+/)
      .filter((word) => word !== '')
    const type = script.text('type')
    if (words.length === 0 || (type !== 'before' && type !== 'after')) {
      writer.note(
        'A script without a command, or with a type other than before and after, has no effect.',
        script.position(),
      )
      continue
    }
    const global = script.flag('global')
    const name = global ? (type === 'before' ? 'start' : 'exit') : type
    writer.append(lists[name], step(words, script.text('path'), global ? place.path : '.'), script.position())
  }
}

function step(words: readonly string[], directory: string | undefined, home: string): StepSettings {
  const argv = [...words]
  const cwd = path.posix.join(home, directory ?? '.')
  return cwd === '.' ? argv : { command: argv, cwd }
}
