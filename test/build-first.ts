import { execFileSync } from 'node:child_process'
import path from 'node:path'

/** End-to-end tests run what users run, so it is built from the present source first. */
export function setup(): void {
  const root = path.resolve(import.meta.dirname, '..')
  execFileSync(
    process.execPath,
    [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
}
