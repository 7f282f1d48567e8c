import type { TableEntry } from '../model/table.ts'

/** What a request asks for, as far as routing needs it. */
export interface Sought {
  /** Keys under which the listener is known: as asked for, and with the port that it got. */
  readonly listeners: readonly string[]
  /** Lower case, without port; undefined where the client sent none (HTTP/1.0). */
  readonly host: string | undefined
  /** Path without query, as sent. */
  readonly path: string
}

/** What is found at a route. */
export type Routed = Pick<TableEntry, 'listener' | 'route'>

export interface Router<T extends Routed> {
  /** An exact host goes before any host, then the longest path prefix wins. */
  find(sought: Sought): T | undefined
}

interface Candidate<T> {
  readonly entry: T
  readonly host: string | undefined
  readonly prefix: string
}

/** Orders a table once, so that a request takes the first candidate that fits. */
export function compileRoutes<T extends Routed>(entries: readonly T[]): Router<T> {
  const byListener = new Map<string, Candidate<T>[]>()
  for (const entry of entries) {
    const list = byListener.get(entry.listener) ?? []
    list.push({ entry, host: hostName(entry.route.host), prefix: entry.route.path.replace(/\/+$/, '') })
    byListener.set(entry.listener, list)
  }
  for (const list of byListener.values()) list.sort(bySpecificity)
  return {
    find: (sought) => {
      const { path } = sought
      for (const listener of sought.listeners) {
        const found = byListener
          .get(listener)
          ?.find((one) => (one.host === undefined || one.host === sought.host) && hasPrefix(path, one.prefix))
        if (found !== undefined) return found.entry
      }
      return undefined
    },
  }
}

/** Host of a `Host` field or authority: lower case, without port and final dot (RFC 9110 section 4.2.3). */
export function hostName(authority: string | undefined): string | undefined {
  if (authority === undefined || authority === '') return undefined
  return authority.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()
}

/** Path and, in absolute form, authority of a request target (RFC 9112 section 3.2). Nothing is decoded. */
export function splitTarget(target: string): { readonly path: string; readonly authority?: string } {
  if (target.startsWith('/')) return { path: pathIn(target) }
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)/i.exec(target)
  if (absolute !== null) return { authority: absolute[1] ?? '', path: absolute[2] === '' ? '/' : (absolute[2] ?? '/') }
  return { path: '/' }
}

function pathIn(target: string): string {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

function hasPrefix(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}

function bySpecificity(a: Candidate<unknown>, b: Candidate<unknown>): number {
  const hosts = Number(b.host !== undefined) - Number(a.host !== undefined)
  return hosts === 0 ? b.prefix.length - a.prefix.length : hosts
}
