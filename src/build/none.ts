import { randomBytes } from 'node:crypto'
import type { Builder } from './builder.ts'

/**
 * Builds nothing. Every call is a new artifact without a file, since what will run is only known to the program itself; the
 * caller asks after a change that matters, and then wants a new instance.
 */
export function noneBuilder(): Builder {
  return {
    build: async (signal) => {
      signal.throwIfAborted()
      return { hash: freshHash() }
    },
    inputs: async () => undefined,
    close: async () => undefined,
  }
}

/** A hash that equals no other: of something whose content is not known. */
export function freshHash(): string {
  return randomBytes(32).toString('hex')
}
