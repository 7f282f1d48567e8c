import type { Event } from '../model/event.ts'
import type { Status } from '../model/status.ts'

/** What the API can ask of a running session. It takes no decision of its own. */
export interface Control {
  readonly status: () => Status
  /** Returns the way to unsubscribe. */
  readonly subscribe: (subscriber: (event: Event) => void) => () => void
  /** Builds and starts anew, one service or all. @throws HotlaneError HL1007 */
  readonly rebuild: (service?: string) => Promise<void>
  /** Reads the settings again and restarts every service gracefully, as SIGHUP does. */
  readonly restart: () => Promise<void>
}
