import { connect } from 'node:net'

import type { Target } from '../model/table.ts'

const intervalMs = 100

/** Tries to connect again and again, and tells once when the target accepts. Returns what ends the trying. */
export function whenAccepting({ host, port }: Target, tell: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  let ended = false
  let socket = tryOnce()

  function tryOnce(): ReturnType<typeof connect> {
    const attempt = connect({ host, port })
    attempt.once('connect', () => {
      attempt.destroy()
      if (ended) return
      ended = true
      tell()
    })
    attempt.once('error', () => {
      if (ended) return
      timer = setTimeout(() => {
        socket = tryOnce()
      }, intervalMs)
    })
    return attempt
  }

  return () => {
    ended = true
    clearTimeout(timer)
    socket.destroy()
  }
}
