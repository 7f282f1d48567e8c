import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { printableSettings } from '../inspect.ts'

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

/** Prints the file that the package ships for editors. */
export async function printSchema(): Promise<void> {
  process.stdout.write(await readFile(new URL('../../schema/hotlane.schema.json', import.meta.url)))
}
