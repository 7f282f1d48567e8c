import { Agent } from 'node:http'
import type { Duplex } from 'node:stream'

import type { Target } from '../model/table.ts'

declare module 'node:http' {
  interface Agent {
    /** Documented by node, but absent from its types. */
    keepSocketAlive(socket: Duplex): boolean
  }
}

/** Shorter than the idle time of common servers; a shorter `Keep-Alive: timeout=` of the origin is learnt by the agent. */
const idleMs = 4000

/** Connections to one origin that wait for the next request. */
class IdlePool extends Agent {
  open = true

  constructor() {
    super({ keepAlive: true, timeout: idleMs, scheduling: 'lifo', maxFreeSockets: 1024 })
  }

  /** False makes the agent close the connection after its request. */
  override keepSocketAlive(socket: Duplex): boolean {
    return this.open && super.keepSocketAlive(socket)
  }

  closeIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
  }
}

/** One request's hold on an origin. */
export interface Claim {
  readonly origin: Origin
  /** Gives the hold back; only the first call counts. */
  release(): void
  /** It goes on until one side ends it, so that waiting for it is of no use. */
  stream: boolean
  /** Ends the request in the most orderly way its protocol knows; set by who forwards it. Releases soon. */
  end: () => void
}

/** A target with its connections and the requests that are on it. */
export class Origin {
  readonly target: Target
  /** For requests that may be sent again if a kept connection turns out to be closed. */
  readonly pool = new IdlePool()
  /** A new connection for each request: for what must not be sent twice, and for upgrades. */
  readonly single = new Agent({ keepAlive: false })
  readonly claims = new Set<Claim>()
  /** It refused a connection; it gets no requests until it accepts again. */
  refused = false
  readonly #emptied = new Set<() => void>()

  constructor(target: Target) {
    this.target = target
  }

  get listed(): boolean {
    return this.pool.open
  }

  set listed(listed: boolean) {
    this.pool.open = listed
    if (!listed) this.pool.closeIdle()
  }

  /** Counts a request at once; no await may stand between choosing an origin and this call. */
  claim(released: () => void): Claim {
    const claim: Claim = {
      origin: this,
      stream: false,
      end: () => claim.release(),
      release: () => {
        if (!this.claims.delete(claim)) return
        released()
        if (this.claims.size > 0) return
        for (const tell of this.#emptied) tell()
        this.#emptied.clear()
      },
    }
    this.claims.add(claim)
    return claim
  }

  /** Calls back once when no request is on it, at once if so now. Returns what unsubscribes. */
  whenEmpty(tell: () => void): () => void {
    if (this.claims.size === 0) tell()
    else this.#emptied.add(tell)
    return () => this.#emptied.delete(tell)
  }

  destroy(): void {
    this.listed = false
    this.pool.destroy()
    this.single.destroy()
  }
}
