import { open } from 'node:fs/promises'

/** `!<arch>\n` begins an archive, ar(5); each member has a header of 60 bytes and begins at an even place. */
const magicLength = 8
const headerLength = 60

/**
 * What the packages that import this one can see of it: the export data of its archive, without the build ID, which names
 * how it was built. Undefined where the file is no archive of the Go compiler (`cmd/internal/archive`).
 */
export function exportData(archive: Buffer): Buffer | undefined {
  if (archive.toString('latin1', 0, magicLength) !== '!<arch>\n') return undefined
  const header = archive.toString('latin1', magicLength, magicLength + headerLength)
  if (!header.startsWith('__.PKGDEF ')) return undefined
  const size = Number(header.slice(48, 58).trim())
  const begin = magicLength + headerLength
  const member = archive.subarray(begin, begin + size)
  // The text before the data: a line about the toolchain, one with the build ID, "main" for a program.
  const text = member.indexOf('\n\n')
  if (member.length !== size || text < 0) return undefined
  const head = member.toString('latin1', 0, text).replace(/^build id ".*"$/m, '')
  return Buffer.concat([Buffer.from(head, 'latin1'), member.subarray(text)])
}

/** The export data of an archive on disk; undefined as for `exportData`, and where the file is gone. */
export async function readExportData(file: string): Promise<Buffer | undefined> {
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) return undefined
  try {
    const head = Buffer.alloc(magicLength + headerLength)
    await handle.read(head, 0, head.length, 0)
    const size = Number(head.toString('latin1', magicLength + 48, magicLength + 58).trim())
    if (!Number.isSafeInteger(size)) return undefined
    const whole = Buffer.alloc(head.length + size)
    await handle.read(whole, 0, whole.length, 0)
    return exportData(whole)
  } finally {
    await handle.close()
  }
}
