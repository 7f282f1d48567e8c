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

/**
 * Runs tools one after another, as `runGoTool` each; where there is a shell, they are all started by one: a process that
 * hotlane starts costs it several times as much of its only thread.
 * @param scratch a file that may be written for it
 * @throws FallBack
 */
export async function runGoTools(tools: readonly ToolRun[], scratch: string, site: GoSite): Promise<void> {
  const shell = tools.length > 1 ? await shellCommand(tools, scratch) : undefined
  const about = `${tools[0]?.about ?? ''}, or one of ${tools.length - 1} more,`
  if (shell !== undefined) return runGoTool({ argv: shell, env: {}, about }, site)
  for (const tool of tools) await runGoTool(tool, site)
}
