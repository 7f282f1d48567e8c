import { listenError } from '../../gateway/listen-error.ts'
import type { ListenAddress } from '../../model/service.ts'
import type { DirectSocket } from '../../supervise/activation/direct-socket.ts'
import { type HeldSocket, holdSocket } from '../../support/hold-socket.ts'

interface Held {
  readonly host: string
  readonly socket: HeldSocket
}

/** Listening sockets of services that accept by themselves. They are held here, so that they outlive each instance. */
export class DirectSockets {
  /** By service. */
  readonly #held = new Map<string, Held>()

  /** @throws HotlaneError HL5001 */
  async hold(service: string, { host, port, ...rest }: ListenAddress): Promise<void> {
    try {
      this.#held.set(service, { host, socket: await holdSocket(host, port) })
    } catch (error) {
      throw listenError({ host, port, ...rest }, error)
    }
  }

  has(service: string): boolean {
    return this.#held.has(service)
  }

  /** What an instance of a service is to be handed; undefined where nothing is held for it. */
  of(service: string): DirectSocket | undefined {
    const held = this.#held.get(service)
    if (held === undefined) return undefined
    const { descriptor, port } = held.socket
    return { descriptor, port, host: loopbackOf(held.host) }
  }

  /** Gives the socket of a service up. Its instances have to be gone, and none may be on its way. */
  close(service: string): void {
    this.#held.get(service)?.socket.close()
    this.#held.delete(service)
  }

  closeAll(): void {
    for (const service of this.#held.keys()) this.close(service)
  }
}

/** How an address is reached from this machine. */
function loopbackOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
