import type { GoSite } from '../go-command.ts'
import { runTool } from '../run-tool.ts'
import { FallBack } from './fall-back.ts'
import { shellCommand } from './shell.ts'

export interface ToolRun {
  readonly argv: readonly string[]
  /** Variables that the Go command would set. */
  readonly env: Readonly<Record<string, string>>
  /** For the message where it fails: what it does. */
  readonly about: string
}

/**
 * Runs a tool of the toolchain where the Go command would have run it.
 * @throws FallBack where it fails or says anything, so that the Go command tells it in its own words
 */
export async function runGoTool({ argv, env, about }: ToolRun, site: GoSite): Promise<void> {
  const [program = '', ...args] = argv
  let said = false
  const exit = await runTool([program, ...args], {
    ...site,
    env: { ...site.env, ...env },
    onLine: () => {
      said = true
    },
  }).catch((error: unknown) => {
    if (site.signal.aborted) throw error
    throw new FallBack(`${program} cannot be run`)
  })
  if (exit.code !== 0) throw new FallBack(`${about} failed`)
  if (said) throw new FallBack(`${about} had something to say`)
}

/** What tools are given besides their site. */
export interface ToolsPlace {
  /** A file that may be written for them. */
  readonly scratch: string
  /** Files that the tools will read: they are read ahead, where that is possible. */
  readonly ahead?: readonly string[]
}

/**
 * Runs tools one after another, as `runGoTool` each; where there is a shell, they are all started by one: a process that
 * hotlane starts costs it several times as much of its only thread.
 * @throws FallBack
 */
export async function runGoTools(tools: readonly ToolRun[], place: ToolsPlace, site: GoSite): Promise<void> {
  const { scratch, ahead = [] } = place
  const shell = tools.length > 1 || ahead.length > 0 ? await shellCommand(tools, scratch, ahead) : undefined
  if (shell !== undefined) return runGoTool({ argv: shell, env: {}, about: aboutOf(tools) }, site)
  for (const tool of tools) await runGoTool(tool, site)
}

function aboutOf(tools: readonly ToolRun[]): string {
  const [first, second, ...more] = tools.map(({ about }) => about)
  if (second === undefined) return first ?? ''
  return more.length === 0 ? `${first}, or ${second},` : `${first}, or one of ${more.length + 1} more,`
}
