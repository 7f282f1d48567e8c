import type { ListenAddress } from '../../model/service.ts'
import { listenerKey } from '../../model/table.ts'
import { holdSocket, type HeldSocket } from '../../support/hold-socket.ts'
import { listenError } from '../listen-error.ts'
import type { Member } from './member.ts'
import type { SharedSocket } from './messages.ts'

interface Shared extends SharedSocket {
  /** Absent where only workers hold it. */
  readonly held?: HeldSocket
}

/**
 * The listening sockets of all workers. They live as long as anybody holds them: a control that started the workers does so
 * itself; one that has adopted them does not, and depends on a worker to hand them on to its siblings.
 */
export class Sockets {
  readonly #byKey = new Map<string, Shared>()

  get all(): readonly SharedSocket[] {
    return [...this.#byKey.values()].map(({ asked, actual }) => ({ asked, actual }))
  }

  /** Descriptors in the order of `all`; undefined where not all are held here. */
  get descriptors(): readonly number[] | undefined {
    const held = [...this.#byKey.values()].map(({ held }) => held?.descriptor)
    return held.every((descriptor) => descriptor !== undefined) ? held : undefined
  }

  find(asked: ListenAddress): SharedSocket | undefined {
    return this.#byKey.get(listenerKey(asked))
  }

  /** Takes over what an adopted worker has. */
  learn({ asked, actual }: SharedSocket): void {
    if (!this.#byKey.has(listenerKey(asked))) this.#byKey.set(listenerKey(asked), { asked, actual })
  }

  /** The address is open already, but is to be served with other settings. */
  change(asked: ListenAddress): void {
    const known = this.#byKey.get(listenerKey(asked))
    if (known === undefined) return
    this.#byKey.set(listenerKey(asked), { ...known, asked, actual: { ...asked, port: known.actual.port } })
  }

  /** Binds an address where all others are held: here, or in that worker. @throws HotlaneError HL5001 */
  async bind(asked: ListenAddress, keeper: Member | undefined): Promise<void> {
    if (keeper !== undefined) {
      const actual = await keeper.call('bind', { address: asked })
      keeper.note(asked, false)
      this.#byKey.set(listenerKey(asked), { asked, actual })
      return
    }
    this.#byKey.set(listenerKey(asked), await this.#hold(asked, asked.port))
  }

  /** Makes sure that each socket is held here or by the worker, which are all that is left of those that held them. */
  async regain(keeper: Member | undefined): Promise<void> {
    for (const [key, { asked, actual, held }] of this.#byKey) {
      if (keeper === undefined) {
        if (held === undefined) this.#byKey.set(key, await this.#hold(asked, actual.port))
      } else if (!keeper.sockets.has(key)) {
        // A port that the system chose has to be the same again.
        await keeper.call('bind', { address: asked, port: actual.port })
        keeper.note(asked, false)
      }
    }
  }

  remove(asked: ListenAddress): void {
    this.#byKey.get(listenerKey(asked))?.held?.close()
    this.#byKey.delete(listenerKey(asked))
  }

  /** Gives the copies held here up. */
  release(): void {
    for (const { held } of this.#byKey.values()) held?.close()
    this.#byKey.clear()
  }

  async #hold(asked: ListenAddress, port: number): Promise<Shared> {
    const held = await holdSocket(asked.host, port).catch((cause: unknown) => {
      throw listenError({ ...asked, port }, cause)
    })
    return { asked, actual: { ...asked, port: held.port }, held }
  }
}
