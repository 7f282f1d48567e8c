/** Drawing area of every plot, in units of its view box. */
const area = { width: 960, height: 220, left: 56, right: 12, top: 10, bottom: 26 }

export interface Series {
  /** Class of the line or bar, by which the style sheet colours it. */
  readonly name: string
  readonly values: readonly (number | null)[]
}

export interface Mark {
  readonly fromMs: number
  readonly toMs: number
  readonly title: string
  readonly name: 'deployment' | 'switch'
}

export interface TimePlot {
  readonly title: string
  /** Time of each value, in ms since the begin. */
  readonly atMs: readonly number[]
  readonly endMs: number
  readonly lines: readonly Series[]
  readonly bars: readonly Series[]
  readonly marks: readonly Mark[]
  readonly unit: string
}

/** Values over time as an SVG of its own, with deployments and switches marked. */
export function timePlot({ title, atMs, endMs, lines, bars, marks, unit }: TimePlot): string {
  const most = Math.max(...[...lines, ...bars].flatMap(({ values }) => values.map((value) => value ?? 0)), 0)
  const top = niceAbove(most)
  const x = (ms: number): number => area.left + (Math.min(ms, endMs) / endMs) * (area.width - area.left - area.right)
  const y = (value: number): number =>
    area.height - area.bottom - (value / top) * (area.height - area.top - area.bottom)
  const slotMs = (atMs[1] ?? endMs) - (atMs[0] ?? 0)
  const drawnBars = bars.flatMap(({ name, values }) =>
    values.flatMap((value, index) => {
      if (value === null || value === 0) return []
      const from = x(atMs[index] ?? 0)
      const width = Math.max(1, x((atMs[index] ?? 0) + slotMs) - from - 0.5)
      return [
        `<rect class="bar ${name}" ${box(from, y(value), width, y(0) - y(value))}><title>${value} ${name}</title></rect>`,
      ]
    }),
  )
  const drawnLines = lines.map(({ name, values }) => {
    const points = values.map((value, index) => (value === null ? null : ([x(atMs[index] ?? 0), y(value)] as const)))
    return `<path class="line ${name}" d="${pathOf(points)}"/>`
  })
  const seconds = ticks(endMs / 1000).map((value) => ({ at: x(value * 1000), text: `${value} s` }))
  const values = ticks(top).map((value) => ({ at: y(value), text: `${value}` }))
  const drawnMarks = marks.map((mark) => markOf(mark, x))
  return frame(title, [...drawnMarks, ...axes(seconds, values, unit), ...drawnBars, ...drawnLines])
}

/** A distribution over a logarithmic axis: lower bound and count of each bucket. */
export function distributionPlot(title: string, buckets: readonly (readonly [number, number])[], unit: string): string {
  const low = Math.log10(Math.max(0.01, buckets[0]?.[0] ?? 0.1))
  const high = Math.max(low + 0.5, Math.log10(Math.max(0.01, buckets.at(-1)?.[0] ?? 1)) + 0.05)
  const most = buckets.reduce((least, [, count]) => Math.max(least, count), 1)
  const x = (value: number): number =>
    area.left + ((Math.log10(Math.max(0.01, value)) - low) / (high - low)) * (area.width - area.left - area.right)
  // The square root: single slow answers stay visible beside thousands of fast ones.
  const y = (count: number): number =>
    area.height - area.bottom - Math.sqrt(count / most) * (area.height - area.top - area.bottom)
  const bars = buckets.map(([value, count]) => {
    const place = box(x(value), y(count), Math.max(1.5, x(value * 1.03) - x(value)), y(0) - y(count))
    return `<rect class="bar latency" ${place}><title>${value} ${unit}: ${count}</title></rect>`
  })
  const decades = [0.01, 0.1, 1, 10, 100, 1000, 10_000, 100_000].filter(
    (each) => x(each) >= area.left - 1 && x(each) < area.width,
  )
  const values = decades.map((value) => ({ at: x(value), text: `${value} ${unit}` }))
  const counts = [0, most / 4, most].map((count) => ({ at: y(count), text: String(Math.round(count)) }))
  return frame(title, [...axes(values, counts, ''), ...bars])
}

interface Tick {
  readonly at: number
  readonly text: string
}

function axes(below: readonly Tick[], beside: readonly Tick[], unit: string): readonly string[] {
  const base = area.height - area.bottom
  return [
    ...beside.map(
      ({ at, text }) =>
        `<path class="grid" d="M${area.left} ${round(at)}H${area.width - area.right}"/>${label(area.left - 6, at + 4, text, 'end')}`,
    ),
    ...below.map(({ at, text }) => label(at, base + 17, text, 'middle')),
    label(4, area.top + 4, unit, 'start'),
  ]
}

function markOf({ fromMs, toMs, title, name }: Mark, x: (ms: number) => number): string {
  const width = name === 'switch' ? 1.5 : Math.max(1, x(toMs) - x(fromMs))
  const place = box(x(fromMs), area.top, width, area.height - area.top - area.bottom)
  return `<rect class="${name}" ${place}><title>${escaped(title)}</title></rect>`
}

function frame(title: string, parts: readonly string[]): string {
  const open = `<svg viewBox="0 0 ${area.width} ${area.height}" role="img" aria-label="${escaped(title)}">`
  return `<figure><figcaption>${escaped(title)}</figcaption>${open}${parts.join('')}</svg></figure>`
}

/** A line through points, broken where there is none. */
function pathOf(points: readonly (readonly [number, number] | null)[]): string {
  let pen = 'M'
  const parts: string[] = []
  for (const point of points) {
    if (point === null) pen = 'M'
    else {
      parts.push(`${pen}${round(point[0])} ${round(point[1])}`)
      pen = 'L'
    }
  }
  return parts.join('')
}

/** Round steps from 0 to a value: about five. */
function ticks(most: number): readonly number[] {
  const raw = Math.max(most, 1e-3) / 5
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw) ?? raw
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => Number((index * step).toPrecision(6)))
}

function niceAbove(value: number): number {
  const last = ticks(value).at(-1) ?? 0
  return last >= value && last > 0 ? last : last + ((ticks(value)[1] ?? value) || 1)
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(text)}</text>`
}

function box(x: number, y: number, width: number, height: number): string {
  return `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text for HTML, SVG and XML. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '')
}
