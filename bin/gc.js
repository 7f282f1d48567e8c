// Loaded into a Node service with --import hotlane/gc: appends each pause of its garbage collector to the file $HOTLANE_GC_LOG,
// one JSON object a line, for "hotlane verify --gc-log". Without that variable it does nothing.
import { appendFileSync } from 'node:fs'
import { constants, PerformanceObserver } from 'node:perf_hooks'

const { HOTLANE_GC_LOG: file } = process.env
const kinds = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
}

if (file !== undefined) {
  new PerformanceObserver((list) => {
    const lines = list.getEntries().map(({ duration, detail }) => {
      const { kind } = detail
      return `${JSON.stringify({ gc: kinds[kind] ?? 'other', ms: Math.round(duration * 1000) / 1000, pid: process.pid })}\n`
    })
    // One append for all, so that lines of several processes do not mix.
    appendFileSync(file, lines.join(''))
  }).observe({ entryTypes: ['gc'] })
}
