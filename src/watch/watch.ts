import { systemMeans } from './means.ts'
import { Session } from './session.ts'
import type { Watcher, WatchListener, WatchSpec } from './watcher.ts'

/**
 * Begins to watch. Changes are told by iterating (one consumer), from `ready` on; an error that ends the watch is thrown
 * there too. The watch keeps the process alive until it is disposed.
 */
export function watch(spec: WatchSpec, listener: WatchListener): Watcher {
  return new Session(spec, listener, systemMeans())
}
