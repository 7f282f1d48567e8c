import type { Timeouts } from './gateway.ts'

/** How long an orderly end of a stream or connection may take before it is cut. */
export const lingerMs = 1000

/** Long enough for slow networks; an upload may take as long as it takes, but not without a byte for two minutes. */
export const defaultTimeouts: Timeouts = { headMs: 60_000, idleMs: 75_000, bodyIdleMs: 120_000 }

/** A client that takes nothing of what waits for it for this long is gone. */
export const writeIdleMs = 300_000

/** What is left of a body that nobody wants any more is read and dropped for this long. */
export const discardMs = 30_000

/** Shorter than the idle time of common servers; a shorter `Keep-Alive: timeout=` of the origin is learnt. */
export const originIdleMs = 4000

export const connectMs = 10_000

/** What is kept of the body of a request for an origin that may say that it has not looked at it. */
export const repeatLimitBytes = 64 * 1024

/** Connections to one origin that wait for the next request. */
export const idleLimit = 1024

/** Requests of one connection that are under way at once. */
export const pipelineLimit = 16

/** How often deadlines are looked at: they are that much late at most. */
export const sweepMs = 250
