import { expect, test } from 'vitest'

import { Dice, messagesFrom } from './generate.ts'
import { readWithLlhttp, type Kind, type Reading } from './llhttp.ts'
import { readWithOwn } from './own-parser.ts'

// `npm run soak gateway` sets both; a failure is seen again with the seed that it names.
const cases = Number(process.env['HOTLANE_FUZZ_CASES'] ?? 20_000)
const seed = Number(process.env['HOTLANE_FUZZ_SEED'] ?? 9112)

test.each(['request', 'answer'] as const)(
  `%s: no stream of messages is understood by llhttp and the gateway in two ways (seed ${seed}, ${cases} cases)`,
  { timeout: 60_000 + cases },
  (kind) => {
    const seen = { both: 0, messages: 0 }
    for (let index = 0; index < cases; index++) {
      const bytes = messagesFrom(new Dice(seed + index * 7919), kind)
      const own = readWithOwn(kind, bytes)
      const other = readWithLlhttp(kind, bytes)
      const difference = differenceOf(kind, own, other) ?? differenceForwarded(own)
      expect(difference, `case ${index}: ${JSON.stringify(bytes.toString('latin1'))}`).toBeUndefined()
      if (own.messages.length > 0 && other.messages.length > 0) seen.both++
      seen.messages += own.messages.length
    }
    // A generator of nothing but nonsense would find no difference either.
    expect(seen.both).toBeGreaterThan(cases / 4)
    expect(seen.messages).toBeGreaterThan(cases / 4)
  },
)

/** What both have accepted must be the same; where one rejects, the other may go on. */
function differenceOf(kind: Kind, own: Reading, other: Reading): string | undefined {
  const common = Math.min(own.messages.length, other.messages.length)
  for (let index = 0; index < common; index++) {
    const [a, b] = [own.messages[index], other.messages[index]]
    if (a?.start !== b?.start || a?.body !== b?.body) return `${JSON.stringify(a)} here, ${JSON.stringify(b)} there`
  }
  // After `Connection: close` llhttp reads no more answers.
  if (own.rejected || other.rejected || kind === 'answer' || own.messages.length === other.messages.length)
    return undefined
  return `${own.messages.length} messages here, ${other.messages.length} there`
}

/** What is passed on must be one message, with the same body. */
function differenceForwarded(own: ReturnType<typeof readWithOwn>): string | undefined {
  for (const [index, bytes] of own.forwarded.entries()) {
    const { messages, rejected } = readWithLlhttp('request', bytes)
    const body = own.messages[index]?.body
    if (rejected && messages.length === 0) continue
    if (messages.length !== 1 || messages[0]?.body !== body) return `forwarded as ${JSON.stringify(messages)}`
  }
  return undefined
}
