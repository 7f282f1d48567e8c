import { createColors } from 'picocolors'

const labelWidth = 10

/**
 * What the demo prints on: a label in the left column, text beside it. Colour only on a terminal and without NO_COLOR;
 * progress is rewritten in place on a terminal, and told once elsewhere.
 */
export function openPaper(out) {
  const color = createColors(out.isTTY === true && !process.env.NO_COLOR)
  const write = (label, text) => out.write(`  ${color.bold(label.padEnd(labelWidth))}${text}\n`)
  return {
    color,
    title: (text) => out.write(`\n  ${color.bold(text)}\n\n`),
    gap: () => out.write('\n'),
    line: write,
    /** A line below the last label. */
    more: (text) => write('', text),
    /**
     * Shows that something takes long until `done` puts the final line in its place; `now` says what it is at. Redrawn
     * each second on a terminal; elsewhere a line each ten seconds.
     */
    progress(label, text) {
      const startedAt = performance.now()
      const seconds = () => `${Math.floor((performance.now() - startedAt) / 1000)} s`
      const tty = out.isTTY === true
      let current = ''
      const redraw = () => {
        const room = Math.max(20, (out.columns ?? 80) - labelWidth - seconds().length - 4)
        const shown = `${text} ${current}`.trim().slice(0, room)
        out.write(`\r\u001B[2K  ${color.bold(label.padEnd(labelWidth))}${shown} ${color.dim(seconds())}`)
      }
      if (tty) redraw()
      else write(label, text)
      const timer = tty ? setInterval(redraw, 1000) : setInterval(() => write('', `${seconds()} ${current}`), 10_000)
      return {
        now: (what) => {
          current = what
        },
        /** Ends it; without a final line where something went wrong. */
        done: (final) => {
          clearInterval(timer)
          if (tty) out.write('\r\u001B[2K')
          if (final !== undefined) write(tty ? label : '', final)
        },
      }
    },
  }
}

/** `640 ms`, `1.3 s`. */
export function formatMs(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
