/** Who is told of what happens on a wire to an origin. */
export interface WireEnds {
  connected(): void
  drained(): void
  /** The other side has ended its direction. */
  ended(): void
  /** Why it is going to be closed. `untouched`: the other side says that it has done nothing for the request. */
  failed(reason: string, untouched?: boolean): void
  closed(): void
  /** The bytes have to be used or copied before it returns. */
  read(bytes: Buffer, length: number): void
}
