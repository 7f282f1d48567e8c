import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'

import { makeDurable } from '../support/durable.ts'
import { errnoOf, exists, hashFile } from '../support/files.ts'
import { isAbandoned, makeScratch } from '../support/scratch.ts'
import { createSlots } from '../support/slots.ts'
import { hashOnce, knownHash, rememberHash, rememberKept } from './known-content.ts'
import { treeDamage } from './tree-damage.ts'
import { contentsOf, type Entry, hashInKey, listOf, listText } from './tree-list.ts'

/** What becomes of an entry: part of the tree; a link to where it is, so that all trees share it; or left out. */
export type Treatment = 'copy' | 'link' | 'skip'

export interface TreeOptions {
  /** Absolute directory to take. */
  readonly root: string
  /** `.hotlane/trees`. */
  readonly store: string
  /** Asked for every entry below the root but those below a directory that is not copied. */
  readonly treat: (path: string, isDirectory: boolean) => Treatment
}

/** A directory as it was, named by its content; its files are read-only and never overwritten. */
export interface Tree {
  /** SHA-256 in hex over the path, kind, executable bit and content of every entry. */
  readonly hash: string
  /** Absolute path of the copy. */
  readonly path: string
}

const parallel = 16

/**
 * Copies a directory into the store, where it is on the disk when this resolves. Each content is kept once, and linked from
 * all trees that have it, so that a release more costs what has changed; what a loss of power has damaged is put there anew.
 * Sockets, pipes and devices are left out.
 * Rejects with the system's error where an entry cannot be read, and with the signal's reason.
 */
export async function takeTree(options: TreeOptions, signal: AbortSignal): Promise<Tree> {
  const { store } = options
  // A file may lie in a directory that others cannot enter; what the trees hold of it is reached by their own names.
  await mkdir(contentsOf(store), { recursive: true })
  await chmod(contentsOf(store), 0o700)
  const scratch = await makeScratch(store)
  try {
    const entries = await takeEntries(options, scratch, signal)
    const text = listText(entries)
    const hash = createHash('sha256').update(text).digest('hex')
    const home = path.join(store, hash.slice(0, 32))
    const tree = { hash, path: home }
    const isThere = await exists(home)
    if (isThere && (await treeDamage(home, signal)) === undefined) return tree
    const copy = path.join(scratch, 'tree')
    await mkdir(copy)
    const directories = await layOut(entries, { copy, store, signal })
    const list = path.join(scratch, 'list')
    await writeFile(list, text)
    await makeDurable([list, ...directories, contentsOf(store)], signal)
    await rename(list, listOf(home))
    // One that is damaged makes room, and goes with the scratch.
    if (isThere) await rename(home, path.join(scratch, 'damaged'))
    // The same content may have been taken at the same time by another service.
    await rename(copy, home).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'EEXIST') throw error
    })
    await makeDurable([store, path.dirname(store)], signal)
    return tree
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/**
 * Removes the trees that are not among those to keep (absolute paths), and the contents that no tree has any more.
 * Not to be called while a tree is taken.
 */
export async function collectTrees(store: string, keep: ReadonlySet<string>): Promise<void> {
  const names = await readdir(store).catch(() => [])
  for (const name of names) {
    const tree = path.join(store, name)
    const isTree = /^[0-9a-f]{32}$/.test(name)
    if (isTree ? !keep.has(tree) : isAbandoned(name)) await rm(tree, { recursive: true, force: true })
    if (isTree && !keep.has(tree)) await rm(listOf(tree), { force: true })
  }
  const files = contentsOf(store)
  for (const name of await readdir(files).catch(() => [])) {
    const file = path.join(files, name)
    const { nlink } = await lstat(file)
    if (nlink === 1) await rm(file, { force: true })
  }
}

async function takeEntries(
  { root, store, treat }: TreeOptions,
  scratch: string,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const slots = createSlots(parallel)
  const entries: Entry[] = []
  const visit = async (directory: string): Promise<void> => {
    signal.throwIfAborted()
    const below = await readdir(directory, { withFileTypes: true })
    await Promise.all(
      below.map(async (found) => {
        const file = path.join(directory, found.name)
        const name = path.relative(root, file).split(path.sep).join('/')
        const treatment = treat(file, found.isDirectory())
        if (treatment === 'skip') return
        if (treatment === 'link') return void entries.push({ name, kind: 'link', value: file })
        if (found.isDirectory()) {
          entries.push({ name, kind: 'directory', value: permitted((await lstat(file)).mode, 0o755) })
          return visit(file)
        }
        if (found.isSymbolicLink())
          entries.push({ name, kind: 'link', value: within(root, file, await readlink(file)) })
        if (found.isFile())
          entries.push({ name, kind: 'file', value: await slots(() => keepContent(file, { store, scratch, signal })) })
      }),
    )
  }
  await visit(root)
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** An absolute link into the root is told relatively, so that the tree does not lead back to what may change. */
function within(root: string, file: string, target: string): string {
  if (!path.isAbsolute(target)) return target
  const inside = path.relative(root, target)
  if (inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) return target
  return path.relative(path.dirname(file), target) || '.'
}

interface Place {
  readonly store: string
  readonly scratch: string
  readonly signal: AbortSignal
}

/** Puts a file's content into the store unless it is there, and returns its key. */
async function keepContent(file: string, { store, scratch, signal }: Place): Promise<string> {
  signal.throwIfAborted()
  const stats = await lstat(file, { bigint: true })
  const executable = (stats.mode & 0o111n) !== 0n
  const mode = executable ? 0o555 : 0o444
  const bits = permitted(Number(stats.mode), mode)
  const keyOf = (hash: string): string => `${hash}${executable ? 'x' : ''}${bits}`
  const remembered = knownHash(stats)
  if (remembered !== undefined && (await holds(store, keyOf(remembered), signal))) return keyOf(remembered)
  // Copied before it is hashed, so that the name is true even while somebody writes the file.
  const copy = path.join(scratch, randomUUID())
  await copyFile(file, copy, constants.COPYFILE_FICLONE)
  const hash = await hashFile(copy, signal)
  const key = keyOf(hash)
  if (await holds(store, key, signal)) await rm(copy)
  else {
    await makeDurable([copy], signal)
    await chmod(copy, bits === '' ? mode : Number.parseInt(bits.slice(1), 8))
    const home = path.join(contentsOf(store), key)
    await rename(copy, home)
    rememberKept(await lstat(home, { bigint: true }), hash)
  }
  rememberHash(stats, hash)
  return key
}

/** Whether a content is in the store, as it was written. */
async function holds(store: string, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await hashOnce(path.join(contentsOf(store), key), signal)) === hashInKey(key)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

/** What is not for everybody is not in a tree, either: the permissions left of the usual ones, empty where that is all of them. */
function permitted(mode: number, usual: number): string {
  if ((mode & 0o007 & usual) === (usual & 0o007)) return ''
  return `.${((usual & 0o700) | (usual & 0o077 & mode)).toString(8)}`
}

/** Returns the directories of the copy, in which there are new names. */
async function layOut(
  entries: readonly Entry[],
  { copy, store, signal }: { readonly copy: string; readonly store: string; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const directories = [copy]
  // In order of name a directory comes before what is in it.
  for (const { name, kind, value } of entries) {
    if (kind !== 'directory') continue
    const directory = path.join(copy, name)
    await mkdir(directory, value === '' ? {} : { mode: Number.parseInt(value.slice(1), 8) })
    directories.push(directory)
  }
  const slots = createSlots(parallel)
  await Promise.all(
    entries.map((entry) =>
      slots(async () => {
        signal.throwIfAborted()
        const file = path.join(copy, entry.name)
        if (entry.kind === 'link') await symlink(entry.value, file)
        if (entry.kind === 'file') await linkOrCopy(path.join(contentsOf(store), entry.value), file, signal)
      }),
    ),
  )
  return directories
}

/** File systems bound the number of links to one file, and some have none. */
async function linkOrCopy(from: string, to: string, signal: AbortSignal): Promise<void> {
  await link(from, to).catch(async (error: unknown) => {
    if (!['EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV'].includes(errnoOf(error) ?? '')) throw error
    await copyFile(from, to, constants.COPYFILE_FICLONE)
    await makeDurable([to], signal)
  })
}
