import path from 'node:path'
import { errnoOf } from '../support/files.ts'
import type { HintSink, HintSource, WatchFunction } from './hint-source.ts'
import { explainWatchError } from './watch-limits.ts'

export interface NativeSourceOptions {
  readonly watch: WatchFunction
  readonly sink: HintSink
  /** Why a directory's file system sends no events, or undefined where it does. */
  readonly eventless: (directory: string) => string | undefined
}

/** One non-recursive `fs.watch` for each directory (inotify on Linux, one watch each). */
export function nativeSource({ watch, sink, eventless }: NativeSourceOptions): HintSource {
  const open = new Map<string, ReturnType<WatchFunction>>()
  const close = (directory: string): void => {
    open.get(directory)?.close()
    open.delete(directory)
  }
  return {
    mode: 'native',
    close,
    open(directory) {
      close(directory)
      const why = eventless(directory)
      if (why !== undefined) {
        sink.degraded(why)
        return false
      }
      const own = path.basename(directory)
      try {
        const watcher = watch(directory, { recursive: false }, (event, name) => {
          if (name === null) {
            sink.lost()
            return
          }
          // Events about the directory itself (moved, deleted) bear its own name, as a child of that name would.
          if (name === own && event === 'rename') sink.hint(directory, '.')
          sink.hint(directory, name)
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
        // It has vanished meanwhile, which its parent tells.
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
