import type { Stats } from 'node:fs'
import path from 'node:path'
import { isRacy, type FileState } from './file-state.ts'

/** One watched directory of the snapshot. */
export class Directory {
  readonly path: string
  readonly name: string
  readonly files = new Map<string, FileState>()
  readonly directories = new Map<string, Directory>()
  /** Names that are told whatever the ignore rules say. */
  readonly pinned = new Set<string>()
  /** Links to directories that are not entered, lest the same files be told twice or without end. */
  readonly skippedLinks = new Set<string>()
  /** Undefined for a root, and for a directory of which only pinned files are watched. */
  parent: Directory | undefined
  /** Reached through a link, or a root, which may be one: it is looked at through the link. */
  linked: boolean
  /** True for a directory below a root; false where only the pinned names count. */
  whole = false
  /** False until it has been seen, and again when it has vanished while it is still wanted (roots, pinned files). */
  present = false
  /** Links lead out of it, or it is a root that is a link: events do not tell everything. */
  outward = false
  #device = 0
  #inode = 0
  #birthMs = 0
  #mtimeMs = 0
  #racy = false

  readonly #prefix: string

  constructor(directory: string, linked: boolean) {
    this.path = directory
    this.#prefix = directory.endsWith(path.sep) ? directory : directory + path.sep
    this.name = path.basename(directory)
    this.linked = linked
  }

  /** The path of a name in it. */
  at(name: string): string {
    return this.#prefix + name
  }

  /** Remembers which directory this is and when its list of names changed last. To be called with a stat from before the listing. */
  identify(stats: Stats): void {
    this.present = true
    this.#device = stats.dev
    this.#inode = stats.ino
    this.#birthMs = stats.birthtimeMs
    this.#mtimeMs = stats.mtimeMs
    this.#racy = isRacy(stats.mtimeMs)
  }

  /** False where another directory has taken the path; inode numbers are reused, hence the time of birth. */
  isSame(stats: Stats): boolean {
    return (
      this.present && this.#inode === stats.ino && this.#device === stats.dev && this.#birthMs === stats.birthtimeMs
    )
  }

  /** False where names may have come or gone since `identify`. */
  isListed(stats: Stats): boolean {
    return this.#mtimeMs === stats.mtimeMs && !this.#racy
  }

  knows(name: string): boolean {
    return this.files.has(name) || this.directories.has(name) || this.skippedLinks.has(name)
  }
}

/** All watched directories by path, and those among them of which events do not tell everything. */
export class Tree {
  readonly #directories = new Map<string, Directory>()
  readonly #unwatched = new Set<Directory>()

  get(directory: string): Directory | undefined {
    return this.#directories.get(directory)
  }

  add(directory: Directory): void {
    this.#directories.set(directory.path, directory)
  }

  delete(directory: Directory): void {
    this.#directories.delete(directory.path)
    this.#unwatched.delete(directory)
  }

  setWatched(directory: Directory, watched: boolean): void {
    if (watched) this.#unwatched.delete(directory)
    else this.#unwatched.add(directory)
  }

  values(): IterableIterator<Directory> {
    return this.#directories.values()
  }

  /** Those that have to be scanned, since events do not tell everything that happens there. */
  scanned(): Directory[] {
    return [...this.#directories.values()].filter((directory) => directory.outward || this.#unwatched.has(directory))
  }

  /** Those that may be believed to send events. */
  watched(): Directory[] {
    return [...this.#directories.values()].filter((directory) => !this.#unwatched.has(directory))
  }

  count(): { readonly directories: number; readonly files: number } {
    let directories = 0
    let files = 0
    for (const directory of this.#directories.values()) {
      if (directory.whole) directories++
      files += directory.files.size
    }
    return { directories, files }
  }
}
