/** Thrown where only the Go command can go on; the message says why, for people. */
export class FallBack extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'FallBack'
  }
}
