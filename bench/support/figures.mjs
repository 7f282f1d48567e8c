/** The middle value; the mean of the two middle ones where their number is even. NaN of nothing. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The value below which the given share (0 to 1) of all values lies (nearest rank). NaN of nothing. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** `{ median, min, max }`, rounded to whole units. */
export function spread(values) {
  return {
    median: Math.round(median(values)),
    min: Math.round(values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)),
    max: Math.round(values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)),
  }
}

/** `739 ms (699 - 840)`, or a dash where nothing was measured. */
export function describeSpread(values) {
  if (values.length === 0) return '-'
  const { median, min, max } = spread(values)
  return `${median} ms (${min} - ${max})`
}

/** How often each word occurs: `{ refused: 3, reset: 1 }`. */
export function countBy(words) {
  const counts = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

/** `3 refused, 1 reset`, or `none`. */
export function describeCounts(counts) {
  const parts = Object.entries(counts).map(([word, count]) => `${count} ${word}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}
