import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Header of the ELF note in which the linker repeats the build ID as a hash: 20 bytes, type 3, name "GNU\0". */
const gnuNote = Buffer.from('\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0', 'latin1')
const gnuHashLength = 20
/** Within this many first bytes are the notes of a program. */
const headBytes = 32 * 1024

/**
 * Does what the Go command does to a linked program (`cmd/internal/buildid`, FindAndHash and Rewrite): hashes its content
 * with the build ID blanked, and writes the hash as the ID's last part. So the same program gets the same hash, whoever
 * linked it. A program without the ID (`-ldflags=-buildid=`) is left as it is.
 */
export async function sealProgram(program: string, id: string): Promise<void> {
  const handle = await open(program, 'r+')
  try {
    const content = await handle.readFile()
    const places: number[] = []
    for (let place = content.indexOf(id); place >= 0; place = content.indexOf(id, place + id.length)) places.push(place)
    for (const place of places) content.fill(0, place, place + id.length)
    const note = content.subarray(0, headBytes).indexOf(gnuNote)
    if (note >= 0) content.fill(0, note + gnuNote.length, note + gnuNote.length + gnuHashLength)
    const hash = createHash('sha256').update(content).digest().subarray(0, 15).toString('base64url')
    const sealed = id.slice(0, id.lastIndexOf('/') + 1) + hash
    for (const place of places) await handle.write(sealed, place, 'latin1')
  } finally {
    await handle.close()
  }
}
