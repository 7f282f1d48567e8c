/** A build's output, named by the hash of its content; the file is never overwritten. */
export interface Artifact {
  /** SHA-256 in hex over what is run. Equal hash: the same program. */
  readonly hash: string
  /** Absolute path of the file to run; absent where nothing single is built. */
  readonly path?: string
  /** Absolute directory that stands for the project's root, where the program is run from its sources. */
  readonly tree?: string
}
