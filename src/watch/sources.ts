import type { HintSink, HintSource } from './hint-source.ts'
import type { Means } from './means.ts'
import { nativeSource } from './native-source.ts'
import { recursiveSource } from './recursive-source.ts'
import type { WatchSpec } from './watcher.ts'

/** The source of hints for a mode. Where `native` is asked for by name, the type of the mount is not looked at. */
export function chooseSource(mode: WatchSpec['mode'], means: Means, sink: HintSink): HintSource {
  if (mode === 'poll') return noSource()
  if (means.preferred === 'recursive') return recursiveSource(means.watch, sink)
  const eventless = mode === 'auto' ? means.eventless : () => undefined
  return nativeSource({ watch: means.watch, sink, eventless })
}

/** No hints at all: every directory is scanned. */
function noSource(): HintSource {
  return { mode: 'poll', open: () => false, close: () => undefined, closeAll: () => undefined }
}
