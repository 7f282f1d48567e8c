/** What the choice of a lane looks at. */
export interface LaneRequest {
  /** The head as the app gets it: without fields of one hop, and with forwarding fields that can be believed. */
  readonly outgoing: Buffer
  /** Bits of the names that `outgoing` may have (`http1/presence.ts`). */
  readonly present: number
  /** As sent, with its query. */
  readonly target: string
  readonly client: {
    /** Address of the peer on this hop. */
    readonly peer: string
    /** What the peer says about earlier hops is believed. */
    readonly trusted: boolean
  }
  /** The bucket that the request was given, because nothing of its client says one. */
  dealt: number | undefined
}
