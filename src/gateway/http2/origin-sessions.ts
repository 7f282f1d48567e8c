import { type ClientHttp2Session, connect } from 'node:http2'

import type { Target } from '../../model/table.ts'
import type { Wire } from '../../support/wire/wire.ts'
import type { WireEnds } from '../wire-ends.ts'
import { connectionWindowBytes, sessionOptions, streamLimit } from './limits.ts'
import { OriginStream } from './origin-stream.ts'

interface Session {
  readonly session: ClientHttp2Session
  streams: number
  /** It takes no further stream. */
  closing: boolean
  /** Why it was lost. */
  reason: string | undefined
}

/** Connections of HTTP/2 to one target, shared by the requests for it; a further one is opened where all are full. */
export class OriginSessions {
  readonly #target: Target
  readonly #sessions = new Set<Session>()

  constructor(target: Target) {
    this.#target = target
  }

  /** A stream on a connection that has room. */
  dial(ends: WireEnds): Wire {
    const chosen = [...this.#sessions].find(hasRoom) ?? this.#connect()
    chosen.streams++
    return new OriginStream(chosen.session, {
      ends,
      authority: `${this.#target.host}:${this.#target.port}`,
      why: () => chosen.reason,
      over: () => {
        chosen.streams--
        if (chosen.closing && chosen.streams === 0) chosen.session.close()
      },
    })
  }

  /** Ends each connection with its last stream. */
  close(): void {
    for (const one of this.#sessions) {
      one.closing = true
      one.session.close()
    }
  }

  destroy(): void {
    for (const { session } of this.#sessions) session.destroy()
  }

  #connect(): Session {
    const { host, port } = this.#target
    const authority = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    const session = connect(authority, {
      ...sessionOptions,
      settings: { ...sessionOptions.settings, enablePush: false },
    })
    const made: Session = { session, streams: 0, closing: false, reason: undefined }
    this.#sessions.add(made)
    // All streams that wait for the connection listen to it.
    session.setMaxListeners(0)
    session.once('connect', () => session.setLocalWindowSize(connectionWindowBytes))
    session.on('error', (error) => (made.reason = error.message))
    session.on('goaway', () => (made.closing = true))
    session.on('close', () => this.#sessions.delete(made))
    return made
  }
}

function hasRoom({ session, streams, closing }: Session): boolean {
  if (closing || session.closed || session.destroyed) return false
  // What the origin allows is known once its settings have come.
  const allowed = session.connecting ? streamLimit : (session.remoteSettings.maxConcurrentStreams ?? streamLimit)
  return streams < Math.min(streamLimit, allowed)
}
