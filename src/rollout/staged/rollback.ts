/** The release to go back to where none is named: the newest before the one that serves that was not given up. */
export function priorRelease(
  kept: readonly number[],
  serving: number | undefined,
  failed: Readonly<Record<string, string>>,
): number | undefined {
  return kept.findLast((number) => serving !== undefined && number < serving && failed[number] === undefined)
}
