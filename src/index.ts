/** `hotlane dev` for programs: start a session, follow its events, rebuild, close it. */
export { dev } from './dev.ts'
export type { DevOptions, DevSession } from './dev.ts'
export type { Control } from './api/control.ts'
export type { Event, EventBody, SwitchReport } from './model/event.ts'
export type { Status } from './model/status.ts'
export { HotlaneError, reportError } from './support/errors.ts'
export type { ErrorReport, Position } from './support/errors.ts'
