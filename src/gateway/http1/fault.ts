/** Why a message cannot be taken, and the status that says so to its sender. */
export interface Fault {
  readonly status: 400 | 408 | 414 | 431 | 501 | 505
  /** One sentence without the final stop. */
  readonly why: string
}

export function badMessage(why: string): Fault {
  return { status: 400, why }
}
