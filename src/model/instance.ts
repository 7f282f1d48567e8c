/** How a process ended: an exit code or a signal; neither where it was another's child, whose end nobody tells. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export function describeExit(exit: Exit): string {
  if (exit.signal !== null) return `signal ${exit.signal}`
  return exit.code === null ? 'exit status unknown' : `exit code ${exit.code}`
}
