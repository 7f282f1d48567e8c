/**
 * The pause in ms that a line of a garbage collector's log tells; undefined where it tells none.
 * Go: `GODEBUG=gctrace=1` (package runtime, "Environment Variables"): the first and third of the clock times stop the world.
 * JVM: `-Xlog:gc` (JEP 158): lines of pauses end with their time; concurrent phases stop nothing.
 * Node: lines of `hotlane/gc`, one JSON object for each entry of its GC observer.
 */
export function gcPauseIn(line: string): number | undefined {
  return goPause(line) ?? nodePause(line) ?? jvmPause(line)
}

function goPause(line: string): number | undefined {
  const match = /^gc \d+ @[\d.]+s \d+%: ([\d.]+)\+[\d.]+\+([\d.]+) ms clock/.exec(line)
  return match === null ? undefined : Number(match[1]) + Number(match[2])
}

function nodePause(line: string): number | undefined {
  const match = /^\{"gc":"\w+","ms":([\d.]+)/.exec(line)
  return match === null ? undefined : Number(match[1])
}

function jvmPause(line: string): number | undefined {
  const match = /\bPause\b.*?\s([\d.]+)ms\s*$/.exec(line)
  return match === null ? undefined : Number(match[1])
}
