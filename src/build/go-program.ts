import { open } from 'node:fs/promises'
import { errnoOf } from '../support/files.ts'
import { HotlaneError } from '../support/errors.ts'

/** What `go build -o` writes for a package that is no program: an archive, ar(5). */
const archiveMagic = '!<arch>\n'

/** @throws HotlaneError HL3003 where `go build` has written no program */
export async function checkProgram(
  program: string,
  told: { readonly service: string; readonly package: string; readonly path: string },
): Promise<void> {
  const head = await readHead(program)
  if (head !== undefined && head !== archiveMagic) return
  throw new HotlaneError('HL3003', {
    params: { service: told.service, path: told.path },
    output: `${told.package} is not a program: it has no package main`,
  })
}

/** The first bytes as text; undefined where there is no such file. */
async function readHead(file: string): Promise<string | undefined> {
  const handle = await open(file).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (handle === undefined) return undefined
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(archiveMagic.length), 0, archiveMagic.length, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
