import { setTimeout as pause } from 'node:timers/promises'

import type { Listener } from './listening.ts'

/** An app that opens fewer ports than its predecessor is another app by now, and is not kept waiting for longer. */
const patienceMs = 1000

const pauseMs = 5

/** Distinct ports; 0 where the platform does not tell who listens. */
export function countPorts(listeners: readonly Listener[] | undefined): number {
  return new Set(listeners?.map(({ port }) => port)).size
}

/** Resolves when that many ports are listened on, or after a second. Rejects with the signal's reason. */
export async function untilPorts(
  count: number,
  look: () => Promise<readonly Listener[] | undefined>,
  signal: AbortSignal,
): Promise<void> {
  if (count < 2) return
  const began = performance.now()
  while (performance.now() - began < patienceMs) {
    const listeners = await look()
    signal.throwIfAborted()
    if (listeners === undefined || countPorts(listeners) >= count) return
    await pause(pauseMs, undefined, { signal }).catch(() => undefined)
    signal.throwIfAborted()
  }
}
