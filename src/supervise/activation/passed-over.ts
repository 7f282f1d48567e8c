import { HotlaneError } from '../../support/errors.ts'
import type { StartSpec } from '../instance.ts'
import type { Launched } from '../launched.ts'
import { lookForListeners } from '../listening.ts'
import { PortInUse } from '../port-in-use.ts'
import type { DirectSocket } from './direct-socket.ts'

export interface Idler {
  readonly spec: StartSpec & { readonly socket: DirectSocket }
  /** Not ended yet, so that it can be seen where it listens. */
  readonly launched: Pick<Launched, 'pid' | 'members'>
  /** It has accepted nothing from the shared socket. */
  readonly isIdle: boolean
}

/**
 * HL4008 for the failure of an instance that was seen to open a socket of its own instead of the one that it was handed;
 * any other failure as it is.
 */
export async function passedOver(error: unknown, { spec, launched, isIdle }: Idler): Promise<unknown> {
  if (!(error instanceof HotlaneError)) return error
  const { service, socket } = spec
  const tell = (what: string): HotlaneError =>
    new HotlaneError('HL4008', {
      params: { service, what },
      cause: error,
      ...(error.output === undefined ? {} : { output: error.output }),
    })
  if (error instanceof PortInUse && error.port === socket.port)
    return tell(`it tried to listen on port ${socket.port} itself`)
  if (error.code !== 'HL4002' || !isIdle) return error
  const look = lookForListeners({ leader: launched.pid, members: launched.members, privatePort: 0 })
  const own = (await look())?.filter(({ port }) => port !== socket.port) ?? []
  const ports = [...new Set(own.map(({ port }) => port))]
  if (ports.length === 0) return error
  return tell(`it accepted nothing from it in time, and listens on port ${ports.join(' and ')} of its own`)
}
