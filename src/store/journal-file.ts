import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { errnoOf } from '../support/files.ts'

/** A file that grows at its end. Every method throws what the system tells. */
export interface GrowingFile {
  /** Writes all of it at the end, or throws; a part may then be in the file. */
  append(bytes: Buffer): void
  /** Returns when what was written survives a loss of power. */
  sync(): void
  cutTo(length: number): void
  close(): void
}

/** How the journal reaches the file system; tests put faults in between. */
export interface JournalFiles {
  /** The content; empty where there is no file. */
  read(file: string): Buffer
  /** Opens for appending, readable by the user alone; makes it where there is none. */
  open(file: string): GrowingFile
  /** Puts a file in another's place, for good. */
  replace(from: string, to: string): void
  remove(file: string): void
}

/** The real one. Synchronous on purpose: a decision and its record are one step, between which nothing else can run. */
export const journalFiles: JournalFiles = {
  read(file) {
    try {
      return readFileSync(file)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0)
      throw error
    }
  },
  open(file) {
    const descriptor = openSync(file, 'a', 0o600)
    syncDirectory(path.dirname(file))
    return {
      append(bytes) {
        for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written)
      },
      sync: () => fdatasyncSync(descriptor),
      cutTo(length) {
        ftruncateSync(descriptor, length)
        fdatasyncSync(descriptor)
      },
      close: () => closeSync(descriptor),
    }
  },
  replace(from, to) {
    renameSync(from, to)
    syncDirectory(path.dirname(to))
  },
  remove: (file) => rmSync(file, { force: true }),
}

/** A new name is durable only with its directory. Windows keeps no such thing, and cannot open one. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
