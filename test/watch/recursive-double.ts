import { readdirSync, statSync, watch } from 'node:fs'
import path from 'node:path'
import type { WatchFunction } from '../../src/watch/hint-source.ts'

/**
 * Behaves as a recursive `fs.watch` does where the system has one: one watch, names relative to its directory, also of
 * what is in directories that are new. Made of one watch for each directory.
 */
export const recursiveDouble: WatchFunction = (root, { recursive }, listener) => {
  const watchers = new Map<string, ReturnType<typeof watch>>()
  const tell = (event: string, file: string): void => listener(event, path.relative(root, file) || path.basename(root))

  const enter = (directory: string): void => {
    if (watchers.has(directory) || (directory !== root && !recursive)) return
    try {
      const watcher = watch(directory, (event, name) => {
        if (name === null) return
        const file = path.join(directory, name)
        if (name === path.basename(directory) && event === 'rename') forget(directory)
        tell(event, file)
        if (isDirectory(file)) enter(file)
      })
      watcher.on('error', () => forget(directory))
      watchers.set(directory, watcher)
      for (const name of readdirSync(directory)) {
        const file = path.join(directory, name)
        tell('rename', file)
        if (isDirectory(file)) enter(file)
      }
    } catch (error) {
      if (directory === root) throw error
      forget(directory)
    }
  }
  const forget = (directory: string): void => {
    watchers.get(directory)?.close()
    watchers.delete(directory)
  }

  enter(root)
  const own = watchers.get(root)
  if (own === undefined) throw new Error('the root has no watch')
  return {
    on: own.on.bind(own),
    close: () => {
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

function isDirectory(file: string): boolean {
  try {
    return statSync(file).isDirectory()
  } catch {
    return false
  }
}
