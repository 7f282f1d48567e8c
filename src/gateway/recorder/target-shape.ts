/** Segments that name one thing of many: numbers, UUIDs and other hexadecimal texts, dates, long texts with digits. */
const identifier = /^(?:\d[\d.,:_-]*|[\da-f]{8}(?:-[\da-f]+)*|(?=.*\d)[\w~.-]{16,})$/i

/** What requests for things of one kind have in common: `/orders/42?full=1` is `/orders/{}?full`. */
export function targetShape(target: string): string {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  const shape = path
    .split('/')
    .map((segment) => (identifier.test(segment) ? '{}' : segment))
    .join('/')
  if (query === -1) return shape
  const names = new Set(
    target
      .slice(query + 1)
      .split('&')
      .map((pair) => pair.split('=', 1)[0] ?? ''),
  )
  return `${shape}?${[...names].sort().join('&')}`
}
