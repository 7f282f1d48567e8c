import path from 'node:path'
import { printableSettings, settingsSchema } from '../inspect.ts'

export interface ConfigFlags {
  readonly config?: string
  readonly json?: boolean
}

/** Prints the effective settings, each with where it comes from. */
export async function printConfig(directory: string, flags: ConfigFlags): Promise<void> {
  const text = await printableSettings(path.resolve(directory), {
    json: flags.json === true,
    ...(flags.config === undefined ? {} : { configFile: path.resolve(flags.config) }),
  })
  process.stdout.write(text)
}

export function printSchema(): void {
  process.stdout.write(`${JSON.stringify(settingsSchema(), null, 2)}\n`)
}
