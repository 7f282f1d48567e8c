import path from 'node:path'
import type { Artifact } from '../../model/artifact.ts'
import type { Service } from '../../model/service.ts'
import type { StateDirectory } from '../../store/state.ts'
import { type Treatment, takeTree } from '../../store/trees.ts'
import { isBelowAny } from '../../support/below.ts'
import { alwaysIgnored, createIgnore } from '../../watch/ignore.ts'

export interface TreePlace {
  /** Absolute root of the project, of which the tree is a copy. */
  readonly root: string
  /** It may be in the project, and is no part of it. */
  readonly state: Pick<StateDirectory, 'root' | 'production'>
}

/**
 * A program that is run from its sources is released as the project is at this moment: what git ignores is shared by all
 * releases (data, uploads, `.env`), but for installed packages and what the build has written, which are code; all else is
 * copied. `built` is what the build leaves, if it leaves something in the project.
 */
export async function releaseTree(
  service: Service,
  built: Artifact,
  { root, state }: TreePlace,
  signal: AbortSignal,
): Promise<Artifact> {
  const { hash, path: tree } = await takeTree(
    { root, store: state.production.trees, treat: treatmentOf(service, { root, state }) },
    signal,
  )
  return { hash, tree, ...(built.path === undefined ? {} : { path: moved(built.path, root, tree) }) }
}

/** The service as it is run from a tree. */
export function fromTree(service: Service, root: string, tree: string | undefined): Service {
  if (tree === undefined) return service
  const move = (file: string): string => moved(file, root, tree)
  const { run, build } = service
  return {
    ...service,
    directory: move(service.directory),
    workingDirectory: move(service.workingDirectory),
    ...(run.kind === 'artifact' ? {} : { run: { kind: 'command', command: movedCommand(run.command, move) } }),
    ...(build.kind === 'command' && build.output !== undefined
      ? { build: { ...build, output: move(build.output) } }
      : {}),
  }
}

function movedCommand<T extends { readonly directory?: string }>(command: T, move: (file: string) => string): T {
  return command.directory === undefined ? command : { ...command, directory: move(command.directory) }
}

function moved(file: string, root: string, tree: string): string {
  return isBelowAny([root], file) ? path.join(tree, path.relative(root, file)) : file
}

function treatmentOf(service: Service, { root, state }: TreePlace): (file: string, isDirectory: boolean) => Treatment {
  const rules = { directory: root, roots: [root], include: [], ignore: [], ignorePatterns: [], followLinks: false }
  const never = createIgnore({ ...rules, gitignore: false }, [state.root])
  const shared = createIgnore({ ...rules, gitignore: true }, [])
  const output = service.build.kind === 'command' ? service.build.output : undefined
  // A script is run with what lies beside it.
  const written = output === undefined ? [] : [output, ...(path.extname(output) === '' ? [] : [path.dirname(output)])]
  const holds = written.filter((file) => file !== root)
  return (file, isDirectory) => {
    if (isPackages(root, file)) return 'copy'
    // What leads to the output is copied, too, and what is in it.
    if (isBelowAny(holds, file) || holds.some((each) => isDirectory && isBelowAny([file], each))) return 'copy'
    if (never.ignored(file, isDirectory)) return 'skip'
    return shared.ignored(file, isDirectory) ? 'link' : 'copy'
  }
}

const packages = 'node_modules'

function isPackages(root: string, file: string): boolean {
  const names = path.relative(root, file).split(path.sep)
  if (!names.includes(packages)) return false
  return !alwaysIgnored.some((name) => name !== packages && names.includes(name))
}
