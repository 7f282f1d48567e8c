import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'
import { type LoadedProject, type LoadOptions, loadProject } from '../../src/project/load.ts'

/** A way to make directories with files, all of which are gone after the tests of the file. */
export function trees(): (files: Readonly<Record<string, string>>, name?: string) => string {
  const made: string[] = []
  afterAll(() => {
    for (const directory of made) rmSync(directory, { recursive: true, force: true })
  })
  return (files, name = 'shop') => {
    const top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'hotlane-project-')))
    made.push(top)
    const root = path.join(top, name)
    mkdirSync(root)
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
      writeFileSync(path.join(root, file), text)
    }
    return root
  }
}

export const ginMain =
  'package main\n\nimport "github.com/gin-gonic/gin"\n\nfunc main() {\n\tr := gin.Default()\n\tr.Run()\n}\n'

export function load(directory: string, options: Partial<LoadOptions> = {}): Promise<LoadedProject> {
  return loadProject(directory, { platform: 'linux', env: {}, cores: 4, ...options })
}

/** The one service of a project. */
export function only(loaded: LoadedProject): LoadedProject['project']['services'][number] {
  const [service, ...others] = loaded.project.services
  if (service === undefined || others.length > 0) throw new Error(`one service was expected, not ${others.length + 1}`)
  return service
}

/** Those lines of `noteTexts` that hold a word. */
export function about(notes: string, word: string): string {
  return notes
    .split('\n')
    .filter((line) => line.includes(word))
    .join('\n')
}

export function noteTexts(loaded: LoadedProject): string {
  return loaded.project.notes
    .map(({ text, position }) => `${position?.line ?? ''}:${position?.column ?? ''} ${text}`)
    .join('\n')
}
