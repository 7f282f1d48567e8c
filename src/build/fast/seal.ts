import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

/** Header of the ELF note in which the linker repeats the build ID as a hash: 20 bytes, type 3, name "GNU\0". */
const gnuNote = Buffer.from('\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0', 'latin1')
const gnuHashLength = 20
/** Within this many first bytes are the notes of a program. */
const headBytes = 32 * 1024
/** Requests are served by the same thread: hashing so much takes it a third of a millisecond. */
const chunkBytes = 512 * 1024

/**
 * Does what the Go command does to a linked program (`cmd/internal/buildid`, FindAndHash and Rewrite): hashes its content
 * with the build ID blanked, and writes the hash as the ID's last part. So the same program gets the same hash, whoever
 * linked it. A program without the ID (`-ldflags=-buildid=`) is left as it is.
 * @param chunk bytes to read at once, at least as many as hold the program's notes
 */
export async function sealProgram(program: string, id: string, chunk = chunkBytes): Promise<void> {
  const handle = await open(program, 'r+')
  try {
    const { digest, places } = await hashWithout(handle, Buffer.from(id, 'latin1'), Math.max(chunk, headBytes))
    const hash = digest.subarray(0, 15).toString('base64url')
    const sealed = id.slice(0, id.lastIndexOf('/') + 1) + hash
    for (const place of places) await handle.write(sealed, place, 'latin1')
  } finally {
    await handle.close()
  }
}

/** SHA-256 of a file in which the ID and the hash in its note are blanked, and where the ID stands. */
async function hashWithout(
  handle: FileHandle,
  id: Buffer,
  chunk: number,
): Promise<{ readonly digest: Buffer; readonly places: readonly number[] }> {
  // So many bytes of a chunk wait for the next one: an ID may begin in them.
  const room = id.length - 1
  const places: number[] = []
  const hash = createHash('sha256')
  let [buffer, spare] = [Buffer.allocUnsafeSlow(room + chunk), Buffer.allocUnsafeSlow(room + chunk)]
  let kept = 0
  let at = 0
  let reading = handle.read(buffer, room, chunk, 0)
  for (;;) {
    const { bytesRead } = await reading
    // The next chunk is read while this one is hashed.
    if (bytesRead > 0) reading = handle.read(spare, room, chunk, at + bytesRead)
    const content = buffer.subarray(room - kept, room + bytesRead)
    for (let place = content.indexOf(id); place >= 0; place = content.indexOf(id, place)) {
      places.push(at - kept + place)
      content.fill(0, place, place + id.length)
    }
    if (at === 0) blankNote(content.subarray(0, headBytes))
    if (bytesRead === 0) return { digest: hash.update(content).digest(), places }
    kept = Math.min(room, content.length)
    at += bytesRead
    hash.update(content.subarray(0, content.length - kept))
    content.copy(spare, room - kept, content.length - kept)
    ;[buffer, spare] = [spare, buffer]
  }
}

function blankNote(head: Buffer): void {
  const note = head.indexOf(gnuNote)
  if (note >= 0) head.fill(0, note + gnuNote.length, note + gnuNote.length + gnuHashLength)
}
