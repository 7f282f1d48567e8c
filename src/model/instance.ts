/** How a process ended: an exit code or a signal. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export function describeExit(exit: Exit): string {
  if (exit.signal !== null) return `signal ${exit.signal}`
  return `exit code ${exit.code ?? 'unknown'}`
}
