import path from 'node:path'
import { explain } from '../inspect.ts'

export interface ExplainFlags {
  readonly config?: string
  readonly json?: boolean
}

/** Prints, for each service, whether the file is watched and what its change does. */
export async function runExplain(file: string, directory: string, flags: ExplainFlags): Promise<void> {
  const answers = await explain(
    path.resolve(file),
    path.resolve(directory),
    flags.config === undefined ? {} : { configFile: path.resolve(flags.config) },
  )
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(answers, null, 2)}\n`)
    return
  }
  for (const { service, impact, why } of answers) process.stdout.write(`${service}: ${impact} (${why})\n`)
}
