import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { GoSite } from '../go-command.ts'
import { importConfig } from './compile.ts'
import type { Plan } from './plan.ts'
import { runGoTool } from './tool.ts'

/**
 * Links the program and returns its build ID: four parts as the Go command's, of which none is ever the Go command's own, so
 * that it never takes this program for one that it built; the last, where the content's hash belongs, is still the first.
 * @throws FallBack where the linker fails
 */
export async function linkProgram(
  plan: Plan,
  where: { readonly archives: ReadonlyMap<string, string>; readonly program: string },
  site: GoSite,
): Promise<string> {
  const { argv, env, names, packages, information } = plan.link
  const archive = where.archives.get(plan.main) ?? ''
  const config = path.join(path.dirname(where.program), 'importcfg.link')
  await writeFile(config, importConfig(packages, information, where.archives))
  const part = (): string => randomBytes(15).toString('base64url')
  const first = part()
  const id = [first, part(), part(), first].join('/')
  const places = new Map([
    [names.program, where.program],
    [names.importcfg, config],
    [names.archive, archive],
  ])
  const words = argv.map((word) => (word.startsWith('-buildid=') ? `-buildid=${id}` : (places.get(word) ?? word)))
  await runGoTool({ argv: words, env, about: 'linking' }, site)
  return id
}
