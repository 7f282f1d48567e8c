import path from 'node:path'
import { initialize } from '../inspect.ts'
import { formatPosition } from '../support/errors.ts'

/** Writes hotlane.yaml and tells what means something else there. */
export async function runInit(directory: string, flags: { readonly config?: string }): Promise<void> {
  const { file, notes } = await initialize(
    path.resolve(directory),
    flags.config === undefined ? {} : { configFile: path.resolve(flags.config) },
  )
  for (const { text, position } of notes) {
    process.stdout.write(`note ${position === undefined ? '' : `${formatPosition(position)}: `}${text}\n`)
  }
  process.stdout.write(`wrote ${path.relative(process.cwd(), file)}\n`)
}
