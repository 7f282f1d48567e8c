import type { GoSettings } from './go-command.ts'

export interface GoFlagOptions {
  readonly flags: readonly string[]
  /** Of the Go command's own: GOFLAGS. */
  readonly settings: GoSettings
  /** Keep what a debugger needs (DWARF). */
  readonly debug: boolean
}

/**
 * Flags for `go build` and `go list`. The user's come later than ours, so that they win.
 *
 * The commit and "modified" stamped into the program would make another artifact of every commit with equal code, so it is
 * left out. Without a debugger DWARF is left out too (`-ldflags=-w`): it makes linking about half as long again, and
 * neither panics' traces nor profiles need it.
 */
export function goFlags({ flags, settings, debug }: GoFlagOptions): readonly string[] {
  const all = [...flags, ...settings.GOFLAGS.split(/\s+/)]
  const stamp = all.some((flag) => /^--?buildvcs\b/.test(flag)) ? [] : ['-buildvcs=false']
  return [...stamp, ...(debug ? flags : withoutDwarf(flags, settings))]
}

/** Adds `-w` to the linker's flags, unless they name packages (`pattern=flags`) or are set elsewhere. */
function withoutDwarf(flags: readonly string[], settings: GoSettings): readonly string[] {
  if (/(?:^|\s)--?ldflags\b/.test(settings.GOFLAGS)) return flags
  const last = flags.findLastIndex((flag) => /^--?ldflags(?:=|$)/.test(flag))
  if (last < 0) return ['-ldflags=-w', ...flags]
  const inWord = flags[last]?.includes('=') === true
  const place = inWord ? last : last + 1
  const value = (inWord ? flags[last]?.replace(/^[^=]*=/, '') : flags[place])?.trim() ?? ''
  if (value !== '' && !value.startsWith('-')) return flags
  const more = `-w ${value}`.trim()
  return flags.map((flag, index) => (index === place ? (inWord ? `-ldflags=${more}` : more) : flag))
}
