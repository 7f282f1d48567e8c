import type { HeldSocket } from '../../support/hold-socket.ts'

/** A held socket under the address by which it is reached from this machine. */
export interface DirectSocket extends Pick<HeldSocket, 'descriptor' | 'port'> {
  readonly host: string
}
