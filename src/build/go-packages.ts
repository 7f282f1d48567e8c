import { askGo, type GoSite } from './go-command.ts'

/** A module as `go list -json` tells it (`go help list`). */
export interface GoModule {
  readonly Path: string
  readonly Main?: boolean
  readonly Dir?: string
  readonly GoMod?: string
  /** Without a version the replacement is a directory. */
  readonly Replace?: { readonly Path: string; readonly Version?: string }
}

/** A package as `go list -json` tells it (`go help list`). */
export interface GoPackage {
  readonly ImportPath: string
  /** Absent for a package that was not found. */
  readonly Dir?: string
  readonly Name?: string
  readonly Standard?: boolean
  readonly Module?: GoModule
  readonly EmbedPatterns?: readonly string[]
  readonly Imports?: readonly string[]
  /** Import paths as written, where they mean another one. */
  readonly ImportMap?: Readonly<Record<string, string>>
  readonly Error?: { readonly Err: string }
}

/** Fields of `go list -json` that a GoPackage has, but for the imports. */
export const packageFields = ['ImportPath', 'Dir', 'Name', 'Standard', 'Module', 'EmbedPatterns', 'Error'] as const

/**
 * The package and all it depends on, packages in error too; takes from 70 ms up. The environment is that of the build.
 * Undefined where the Go command cannot tell, as with a go.mod that cannot be read.
 */
export async function listPackages(
  target: { readonly package: string; readonly flags: readonly string[] },
  site: GoSite,
): Promise<readonly GoPackage[] | undefined> {
  const args = ['list', '-deps', '-e', `-json=${packageFields.join(',')}`, ...target.flags, target.package]
  const told = await askGo(args, site)
  return told.exit.code === 0 ? parsePackages(told.text) : undefined
}

/** `go list` prints objects one after another; only their closing braces stand at the beginning of a line. */
export function parsePackages(text: string): readonly GoPackage[] {
  return text
    .split(/^(?=\{)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as GoPackage)
}
