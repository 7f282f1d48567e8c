import { hasShellSyntax, splitWords } from './words.ts'

/** A line that starts a program, taken apart as far as no shell is needed. */
export interface ProgramLine {
  /** Assignments that stood in front. */
  readonly env: Readonly<Record<string, string>>
  /** Words, or the line where only a shell understands it. */
  readonly run: readonly string[] | string
}

/** Reads `K=V … program args`. An assignment whose value a shell would expand stays in the line. */
export function parseProgramLine(line: string, platform: NodeJS.Platform): ProgramLine {
  const rules = { backslash: platform !== 'win32' }
  const env: Record<string, string> = {}
  let rest = line.trim()
  for (;;) {
    const found = /^([A-Za-z_]\w*)=((?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])*)\s+(?=\S)/.exec(rest)
    if (found === null || hasShellSyntax(`x ${found[2]}`, rules)) break
    env[String(found[1])] = splitWords(String(found[2]), rules)?.[0] ?? ''
    rest = rest.slice(found[0].length)
  }
  const words = hasShellSyntax(rest, rules) ? undefined : splitWords(rest, rules)
  return { env, run: words === undefined || words.length === 0 ? rest : words }
}
