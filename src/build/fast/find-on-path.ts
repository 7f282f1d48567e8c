import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import path from 'node:path'
import { platform } from 'node:process'

/** Absolute path of a program as the environment finds it; undefined where there is none. */
export async function findOnPath(name: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const file = platform === 'win32' ? `${name}.exe` : name
  const variable = Object.keys(env).find((each) => each.toUpperCase() === 'PATH') ?? 'PATH'
  for (const directory of (env[variable] ?? '').split(path.delimiter)) {
    const candidate = path.resolve(directory, file)
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (directory !== '' && runs) return candidate
  }
  return undefined
}
