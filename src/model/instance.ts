/** How a process ended: an exit code or a signal. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export type InstanceState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'draining' }
  | { readonly kind: 'exited'; readonly exit: Exit }

export function describeExit(exit: Exit): string {
  if (exit.signal !== null) return `signal ${exit.signal}`
  return `exit code ${exit.code ?? 'unknown'}`
}
