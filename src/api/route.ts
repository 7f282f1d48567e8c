import type { JsonLines } from './json-lines.ts'

/** A request of the API, taken apart. */
export interface Call {
  /** Segment of the path at `:service`, and at `:release`; empty where the route has none. */
  readonly service: string
  readonly release: string
  readonly query: Readonly<Record<string, string>>
  /** @throws HotlaneError HL7004 */
  readonly body: () => Promise<unknown>
}

/** Tells lines through what `open` gives, once it is known that there is nothing wrong with the call. */
type Tell<C> = (control: C, call: Call, open: () => JsonLines) => Promise<void>

/** A path that is answered by asking a control of type C: by one JSON value, or by lines of JSON for as long as that takes. */
export interface Route<C> {
  readonly method: 'GET' | 'POST'
  /** Segments; `:service` and `:release` stand for any. */
  readonly path: string
  readonly answer:
    | { readonly kind: 'value'; readonly ask: (control: C, call: Call) => unknown }
    | { readonly kind: 'lines'; readonly tell: Tell<C> }
}

export function value<C>(method: Route<C>['method'], path: string, ask: (control: C, call: Call) => unknown): Route<C> {
  return { method, path, answer: { kind: 'value', ask } }
}

export function lines<C>(method: Route<C>['method'], path: string, tell: Tell<C>): Route<C> {
  return { method, path, answer: { kind: 'lines', tell } }
}

export interface Found<C> {
  readonly route: Route<C>
  /** Segments at the placeholders, as they were sent. */
  readonly segments: Pick<Call, 'service' | 'release'>
}

export function findRoute<C>(routes: readonly Route<C>[], method: string, path: string): Found<C> | undefined {
  for (const route of routes) {
    const segments = route.method === method ? match(route.path.split('/'), path.split('/')) : undefined
    if (segments !== undefined) return { route, segments }
  }
  return undefined
}

function match(pattern: readonly string[], given: readonly string[]): Pick<Call, 'service' | 'release'> | undefined {
  if (pattern.length !== given.length) return undefined
  const found = { service: '', release: '' }
  for (const [index, segment] of pattern.entries()) {
    const word = given[index] ?? ''
    if (segment === ':service') found.service = word
    else if (segment === ':release') found.release = word
    else if (segment !== word) return undefined
  }
  return found
}
