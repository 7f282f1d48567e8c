import picocolors from 'picocolors'

export type Paint = ReturnType<typeof picocolors.createColors>

export function paint(color: boolean): Paint {
  return picocolors.createColors(color)
}

/** Colour for a stream: NO_COLOR (no-color.org) and FORCE_COLOR beat what the stream is. */
export function wantsColor(stream: { readonly isTTY?: boolean }, env: Readonly<NodeJS.ProcessEnv>): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}
