import { lstatSync, statSync, type Stats } from 'node:fs'

/** What is remembered of one file: enough to tell by a single lstat that it is as it was. */
export interface FileState {
  readonly inode: number
  readonly mtimeMs: number
  readonly size: number
  /**
   * The file was modified so shortly before it was looked at that another write could bear the same time stamp; an equal
   * lstat then proves nothing (git calls such an index entry racy).
   */
  racy: boolean
  /** Of the content; undefined as long as nobody has read it. */
  hash: string | undefined
}

/** Above this size (bytes) a file is read only after it has changed once. */
export const largeBytes = 1024 * 1024

/**
 * lstat, or stat where links are followed. `gone` for what does not exist, `unreadable` where that cannot be known now
 * (no permission, an input/output error): the caller should believe what it knew.
 */
export function look(path: string, followLinks: boolean): Stats | 'gone' | 'unreadable' {
  try {
    return (followLinks ? statSync : lstatSync)(path, { throwIfNoEntry: false }) ?? 'gone'
  } catch (error) {
    return goneCodes.has((error as NodeJS.ErrnoException).code ?? '') ? 'gone' : 'unreadable'
  }
}

export function isLink(path: string): boolean {
  const stats = look(path, false)
  return typeof stats === 'object' && stats.isSymbolicLink()
}

/** What an entry counts as. Links that are not followed count as files whose content is the name they point to. */
export function kindOf(stats: Stats): 'file' | 'directory' | 'other' {
  if (stats.isDirectory()) return 'directory'
  return stats.isFile() || stats.isSymbolicLink() ? 'file' : 'other'
}

export function stateOf(stats: Stats, hash: string | undefined): FileState {
  return { inode: stats.ino, mtimeMs: stats.mtimeMs, size: stats.size, racy: isRacy(stats.mtimeMs), hash }
}

export function sameStat(state: FileState, stats: Stats): boolean {
  return state.mtimeMs === stats.mtimeMs && state.size === stats.size && state.inode === stats.ino
}

/** Whether a time stamp is too young to tell two writes apart, by the granularity that the stamp itself shows. */
export function isRacy(mtimeMs: number, now = Date.now()): boolean {
  const granularity = mtimeMs % 1000 === 0 ? 2000 : 50
  return Math.abs(now - mtimeMs) < granularity
}

const goneCodes = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'])
