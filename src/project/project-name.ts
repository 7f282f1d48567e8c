import path from 'node:path'
import { moduleOf } from './go-module.ts'
import { baseName, serviceName } from './program.ts'

/** The name that a project has by itself: of the Go module whose root it is, else of its directory. */
export async function projectName(directory: string): Promise<string> {
  const module = await moduleOf(directory)
  return module?.directory === directory ? baseName(module.path) : serviceName(path.basename(directory))
}
