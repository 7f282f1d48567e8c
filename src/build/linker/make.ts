import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { platform } from 'node:process'
import { exists, textIfThere } from '../../support/files.ts'
import { makeScratch } from '../../support/scratch.ts'
import type { GoSite } from '../go-command.ts'
import { runTool } from '../run-tool.ts'
import { type Overlay, patchLinker } from './patch.ts'

/** Names directories of linkers; the dot keeps them from being counted among artifacts. */
const prefix = '.linker-'

export interface LinkerPlace {
  /** Of the toolchain, GOROOT. */
  readonly root: string
  /** Directory in which linkers are kept. */
  readonly kept: string
  /** Whether it may be built if it is not there. */
  readonly mayBuild: boolean
}

/** The absolute path of the linker's program, or in words why there is none. */
export type MadeLinker =
  | { readonly program: string; readonly missing?: undefined }
  | { readonly program?: undefined; readonly missing: string }

/**
 * The toolchain's own linker with hotlane's changes, which the toolchain builds unless it did before. With an empty Go cache
 * that takes as long as some 150 packages of the standard library take. Undefined where it is not built yet, and may not be.
 * @throws the signal's reason
 */
export async function makeLinker({ root, kept, mayBuild }: LinkerPlace, site: GoSite): Promise<MadeLinker | undefined> {
  // There, packages that a process has loaded cannot be removed.
  if (platform === 'win32') return { missing: 'not on Windows' }
  const overlay = await patchLinker(root)
  if (typeof overlay === 'string') return { missing: overlay }
  const version = await textIfThere(path.join(root, 'VERSION'))
  const key = createHash('sha256').update(JSON.stringify([root, version, ...overlay]))
  const program = path.join(kept, prefix + key.digest('hex').slice(0, 16), 'link')
  if (await exists(program)) return { program }
  if (!mayBuild) return undefined
  const scratch = await makeScratch(kept)
  try {
    const made = path.join(scratch, 'link')
    const args = ['build', '-overlay', await writeOverlay(overlay, scratch), '-o', made, 'cmd/link']
    if (!(await goBuilds(args, { root, temporary: scratch }, site)))
      return { missing: 'its linker cannot be built with what hotlane adds' }
    await removeOthers(kept)
    await mkdir(path.dirname(program), { recursive: true })
    await rename(made, program)
    return { program }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Returns the file for `go build -overlay`. */
async function writeOverlay(overlay: Overlay, directory: string): Promise<string> {
  const replacing = await Promise.all(
    Array.from(overlay, async ([file, text], index) => {
      const own = path.join(directory, `${index}.go`)
      await writeFile(own, text)
      return [file, own] as const
    }),
  )
  const list = path.join(directory, 'overlay.json')
  await writeFile(list, JSON.stringify({ Replace: Object.fromEntries(replacing) }))
  return list
}

/** Of the service's environment only what says where Go keeps its files: its flags and platform are not the linker's. */
const foreign = new Set(['GOFLAGS', 'GOOS', 'GOARCH', 'GOEXPERIMENT'])

async function goBuilds(
  args: readonly string[],
  { root, temporary }: { readonly root: string; readonly temporary: string },
  site: GoSite,
): Promise<boolean> {
  const kept = Object.entries(site.env).filter(([name]) => !foreign.has(name))
  const own = {
    GOROOT: root,
    GOTOOLCHAIN: 'local',
    GOENV: 'off',
    GOWORK: 'off',
    CGO_ENABLED: '0',
    GOTMPDIR: temporary,
    // The linker needs no module from there, and a toolchain from there may not be changed.
    GOMODCACHE: path.join(temporary, 'modules'),
  }
  const { code } = await runTool([path.join(root, 'bin', 'go'), ...args], {
    ...site,
    directory: path.join(root, 'src', 'cmd'),
    env: { ...Object.fromEntries(kept), ...own },
    onLine: () => undefined,
  })
  return code === 0
}

/** Linkers of other toolchains, and of other versions of hotlane: a project has one. */
async function removeOthers(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(prefix))
  await Promise.all(names.map((name) => rm(path.join(directory, name), { recursive: true, force: true })))
}
