/** Which requests a gateway keeps of a service, so that they can be put to a new release. */
export interface RecordSettings {
  /** How many, at most one of each shape (`GET /orders/{}`). */
  readonly requests: number
  /** Lower-case names of header fields and query parameters that are never kept, besides those that hold credentials. */
  readonly redact: readonly string[]
  /** Path prefixes that are left out, at a segment boundary; one that ends with a slash leaves out what is below it alone. */
  readonly ignore: readonly string[]
}

/** A safe request that the stable lane answered with 2xx or 3xx; without credentials. */
export interface RecordedRequest {
  readonly method: 'GET' | 'HEAD'
  /** Path and query (RFC 9112 section 3.2.1). */
  readonly target: string
  /** Names in lower case, `host` among them. */
  readonly fields: Readonly<Record<string, string>>
}
