import type { ReadStream } from 'node:tty'

export interface KeyActions {
  readonly rebuild: () => void
  readonly open: () => void
  readonly clear: () => void
  readonly help: () => void
  readonly quit: () => void
  /** Ctrl-C, which is a byte and no signal while single keys are read. */
  readonly interrupt: () => void
}

/** Reads single keys from a terminal; the returned function gives the terminal back as it was. */
export function followKeys(terminal: ReadStream, actions: KeyActions): () => void {
  const byKey: Readonly<Record<string, () => void>> = {
    r: actions.rebuild,
    o: actions.open,
    c: actions.clear,
    h: actions.help,
    '?': actions.help,
    q: actions.quit,
    '\u0003': actions.interrupt,
    '\u001A': () => suspend(terminal),
  }
  const read = (chunk: Buffer): void => {
    for (const key of chunk.toString('utf8')) byKey[key]?.()
  }
  const resume = (): void => void terminal.setRawMode(true)
  terminal.setRawMode(true)
  terminal.on('data', read)
  process.on('SIGCONT', resume)
  return () => {
    process.off('SIGCONT', resume)
    terminal.off('data', read)
    terminal.setRawMode(false)
    terminal.pause()
  }
}

/** Ctrl-Z: the shell gets its terminal back in the mode it knows. */
function suspend(terminal: ReadStream): void {
  terminal.setRawMode(false)
  process.kill(process.pid, 'SIGTSTP')
}
