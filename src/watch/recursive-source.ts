import path from 'node:path'
import { errnoOf } from '../support/files.ts'
import type { HintSink, HintSource, WatchFunction } from './hint-source.ts'
import { explainWatchError } from './watch-limits.ts'

/**
 * One recursive `fs.watch` for each root: FSEvents on macOS, ReadDirectoryChangesW on Windows. Names come relative to the
 * root. Not for Linux, where Node emulates it and loses the second of two atomic saves.
 */
export function recursiveSource(watch: WatchFunction, sink: HintSink): HintSource {
  const open = new Map<string, ReturnType<WatchFunction>>()
  const close = (directory: string): void => {
    open.get(directory)?.close()
    open.delete(directory)
  }
  return {
    mode: 'recursive',
    close,
    open(directory, reach) {
      if (reach === 'covered') return true
      close(directory)
      try {
        const watcher = watch(directory, { recursive: reach === 'tree' }, (event, name) => {
          if (name === null) {
            sink.lost()
            return
          }
          if (event === 'rename' && name === path.basename(directory)) sink.hint(directory, '.')
          const full = path.join(directory, name)
          sink.hint(path.dirname(full), path.basename(full))
        })
        watcher.on('error', () => {
          if (open.get(directory) !== watcher) return
          close(directory)
          sink.hint(directory, '.')
        })
        open.set(directory, watcher)
        return true
      } catch (error) {
        const code = errnoOf(error)
        if (code === 'ENOENT' || code === 'ENOTDIR') return true
        sink.degraded(explainWatchError(code ?? String(error)))
        return false
      }
    },
    closeAll() {
      for (const watcher of open.values()) watcher.close()
      open.clear()
    },
  }
}
