import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { TlsFiles } from '../model/service.ts'
import { readPair } from '../support/certificate.ts'
import type { Position } from '../support/errors.ts'
import { HotlaneError } from '../support/errors.ts'
import type { TlsSettings } from './schema.ts'

export interface TlsPlace {
  readonly position: (path: string) => Position
  /** Directory to which the files are relative. */
  readonly base: string
  /** Root of the project, below which a development certificate is kept. */
  readonly root: string
}

/**
 * The files of a listener's certificate; those that the user names have to be there and to fit. `key` is the dotted path of
 * the setting.
 * @throws HotlaneError HL1009
 */
export function resolveTls(tls: TlsSettings, key: string, { position, base, root }: TlsPlace): TlsFiles {
  if (tls === 'dev') {
    const directory = path.join(root, '.hotlane', 'tls')
    return {
      cert: path.join(directory, 'development.crt'),
      key: path.join(directory, 'development.key'),
      development: true,
    }
  }
  const files = { cert: path.resolve(base, tls.cert), key: path.resolve(base, tls.key) }
  const result = readPair(files, readFileSync, new Date())
  if ('pair' in result) return files
  const { part, reason } = result.fault
  throw new HotlaneError('HL1009', {
    params: { file: files[part], reason },
    position: position(`${key}.${part}`),
  })
}
