import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { hashFile } from '../support/files.ts'

/** Within this many first bytes Go's own tools look for the build ID (`cmd/internal/buildid`). */
const headBytes = 32 * 1024

/** End of an ELF note's header: type 4 (`ELF_NOTE_GOBUILDID_TAG`), name "Go\0\0"; two sizes stand before it. */
const noteName = Buffer.from('\x04\0\0\0Go\0\0', 'latin1')

/**
 * SHA-256 in hex that names a Go program by its content.
 *
 * The fourth part of a build ID is the linker's hash over the whole file with the ID itself blanked
 * (`cmd/go/internal/work/buildid.go`), so it names the content, and is equal where only inputs differ that leave no trace
 * in the program, such as a comment; a hash of the file is not, since the ID's other parts name those inputs. Measured on
 * a 20 MB Gin program: 0.4 ms to read it, 17 to 34 ms for SHA-256 of the file, which remains for files without a full ID.
 */
export async function hashGoProgram(file: string, signal?: AbortSignal): Promise<string> {
  const content = contentPart(await readBuildId(file))
  if (content === undefined) return hashFile(file, signal)
  return createHash('sha256').update(`go build id ${content}`).digest('hex')
}

/** The build ID of a Go program; undefined where it has none that can be read. */
async function readBuildId(file: string): Promise<string | undefined> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return findBuildId(buffer.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

/** Finds the ID in an ELF note, or as the quoted string that begins the text segment of other formats. */
export function findBuildId(head: Buffer): string | undefined {
  const note = head.indexOf(noteName)
  if (note >= 8 && head.readUInt32LE(note - 8) === 4) {
    const length = head.readUInt32LE(note - 4)
    return head.toString('latin1', note + noteName.length, note + noteName.length + length)
  }
  return /\xff Go build ID: "([^"\n]+)"\n \xff/.exec(head.toString('latin1'))?.[1]
}

/**
 * The part that names the content. Undefined for an ID that is not of the form that `go build` gives (`-ldflags=-buildid=`
 * sets any text), and for one in which the linker's placeholder, a copy of the first part, was left.
 */
export function contentPart(id: string | undefined): string | undefined {
  const parts = id?.split('/') ?? []
  const content = parts[3]
  if (parts.length !== 4 || content === undefined || content === parts[0]) return undefined
  return parts.every((part) => /^[\w-]{20}$/.test(part)) ? content : undefined
}
