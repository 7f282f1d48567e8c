import type { Listener } from './listening.ts'

/** What is to be done about the addresses on which an instance listens. */
export type Choice =
  | { readonly kind: 'reach'; readonly listener: Listener; readonly portFixed: boolean }
  /** Reach the first that speaks HTTP; `orFirst`: if none does, the first all the same. */
  | { readonly kind: 'ask'; readonly candidates: readonly Listener[]; readonly orFirst: boolean }
  | { readonly kind: 'wait'; readonly why: string }

/**
 * How long the set of addresses must not have changed before a port other than `PORT` is taken for the app's own choice.
 * Apps open a port for metrics or profiles first and `PORT` after their set-up; 300 ms cost little, once per start of an app
 * that ignores `PORT`.
 */
const calmMs = 300

/** A port that does not speak HTTP is less likely the one meant, so it is given longer. */
const calmSilentMs = 2000

/** Longer still for a port at which debuggers and profilers listen, mostly long before the app does. */
const calmDebuggerMs = 5000

/** Node's inspector, Go's pprof by custom, delve. */
const debuggerPorts: ReadonlySet<number> = new Set([9229, 9230, 6060, 2345])

export interface Wanted {
  /** The port in `PORT`. */
  readonly port: number
  /** The port on which the app is known to listen whatever `PORT` says. */
  readonly appPort?: number | undefined
}

/** `unchangedMs`: for how long the addresses have been these. Infinity where the app itself said that it is ready. */
export function choose(listeners: readonly Listener[], wanted: Wanted, unchangedMs: number): Choice {
  const asTold = preferred(listeners, wanted.port)
  if (asTold !== undefined) return { kind: 'reach', listener: asTold, portFixed: false }
  const known = preferred(listeners, wanted.appPort)
  if (known !== undefined) return { kind: 'reach', listener: known, portFixed: true }
  const ports = [...new Set(listeners.map((listener) => listener.port))].sort((a, b) => a - b)
  if (ports.length === 0) return { kind: 'wait', why: `it does not listen on port ${wanted.port} ($PORT)` }
  const likely = unchangedMs >= calmDebuggerMs ? ports : ports.filter((port) => !debuggerPorts.has(port))
  const candidates = likely.flatMap((port) => preferred(listeners, port) ?? [])
  if (unchangedMs >= calmMs && candidates.length > 0) {
    return { kind: 'ask', candidates, orFirst: candidates.length === 1 && unchangedMs >= calmSilentMs }
  }
  return { kind: 'wait', why: `it listens on port ${ports.join(', ')}, but not on ${wanted.port} ($PORT)` }
}

const hosts = ['127.0.0.1', '0.0.0.0', '::', '::1']

/** Loopback before all addresses before others, IPv4 before IPv6. */
function preferred(listeners: readonly Listener[], port: number | undefined): Listener | undefined {
  const rank = ({ host }: Listener) => (hosts.includes(host) ? hosts.indexOf(host) : hosts.length)
  return listeners.filter((listener) => listener.port === port).sort((a, b) => rank(a) - rank(b))[0]
}
