/** The look of the HTML report: the reader's own light or dark, a print-friendly single column, no font to load. */
export const style = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2127; --soft: #66707c; --line: #dfe3e8; --band: #f4f6f8;
  --good: #1a7f4b; --bad: #c4312f; --p50: #2f7dd1; --p99: #d0730b; --max: #b9a7d3; --deploy: #e9f1fb; --switch: #8a5bd1 }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e4e8ec; --soft: #98a2ad; --line: #2c333b;
  --band: #1b2026; --good: #4cc38a; --bad: #ff6b66; --p50: #6cb0f5; --p99: #f2a650; --max: #6a5a86; --deploy: #1b2a3d;
  --switch: #b48cf0 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif }
h1 { font-size: 1.35rem; margin: 0 } h2 { font-size: 1rem; margin: 2.25rem 0 .5rem }
p { margin: .25rem 0; color: var(--soft) }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0 }
.card { background: var(--band); border-radius: .5rem; padding: .7rem .9rem }
.card b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums } .card span { color: var(--soft); font-size: .85rem }
.good { color: var(--good) } .bad { color: var(--bad) }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap }
th { color: var(--soft); font-weight: 500 } th:first-child, td:first-child { text-align: left; padding-left: 0 }
figure { margin: 1.25rem 0 0 } figcaption { color: var(--soft); font-size: .85rem; margin-bottom: .25rem }
svg { display: block; width: 100%; height: auto }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif }
.grid { stroke: var(--line); stroke-width: 1; fill: none }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round } .line.p50 { stroke: var(--p50) }
.line.p99 { stroke: var(--p99) } .line.max { stroke: var(--max); stroke-width: 1 }
.bar.requests, .bar.latency { fill: var(--p50) } .bar.failed { fill: var(--bad) }
.deployment { fill: var(--deploy) } .switch { fill: var(--switch) }
.key i { display: inline-block; width: .8rem; height: .2rem; margin: 0 .3rem 0 .9rem; vertical-align: middle }
`
