import type { ListenAddress } from '../model/service.ts'
import { listenerKey } from '../model/table.ts'
import { HotlaneError } from '../support/errors.ts'
import { errnoOf } from '../support/files.ts'

/** HL5001 for what the system said when it was to listen on an address. */
export function listenError(address: ListenAddress, cause: unknown): HotlaneError {
  return new HotlaneError('HL5001', {
    params: { address: listenerKey(address), reason: reasonOf(cause), holder: '' },
    cause,
  })
}

function reasonOf(error: unknown): string {
  const errno = errnoOf(error)
  if (errno === 'EADDRINUSE') return 'the address is in use'
  if (errno === 'EACCES') return 'permission denied'
  if (errno === 'EADDRNOTAVAIL') return 'this machine does not have the address'
  return error instanceof Error ? error.message : String(error)
}
