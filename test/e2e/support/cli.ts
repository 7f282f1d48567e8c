import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

export const program = path.resolve(import.meta.dirname, '../../../bin/hotlane')

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command of hotlane's that ends by itself. */
export async function hotlane(words: readonly string[], directory: string): Promise<Ran> {
  const { PORT: _port, FORCE_COLOR: _color, ...env } = process.env
  const child = spawn(process.execPath, [program, ...words], { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, stdout, stderr }
}
