import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkout, codeIn, page, rowsOf } from './markdown.ts'

const source = readFileSync(path.join(checkout, 'src/model/event.ts'), 'utf8')
const rows = rowsOf(page('docs/reference/events.md').text)

/** Each event of the union: its type, and the names of its fields. */
const events = Array.from(source.matchAll(/^ {2}\| \{([^}]*)\}$/gm), ([, body = '']) => ({
  type: /type: '([^']+)'/.exec(body)?.[1] ?? '',
  fields: Array.from(body.matchAll(/readonly (\w+)\??:/g), ([, field = '']) => field).filter((each) => each !== 'type'),
}))

describe('docs/reference/events.md', () => {
  it('has every type of event, and no other', () => {
    const types = Array.from(source.matchAll(/type: '([^']+)'/g), ([, type]) => type)
    expect(events.map(({ type }) => type)).toEqual(types)
    const described = rows.map(([first = '']) => codeIn(first)[0] ?? '').filter((word) => word.includes('.'))
    expect(described).toEqual(types)
  })

  it.each(events)('names the fields of $type', ({ type, fields }) => {
    const row = rows.find(([first]) => first === `\`${type}\``)
    expect(codeIn(row?.[2] ?? '')).toEqual(expect.arrayContaining(fields))
  })

  it('names the fields of a switch report', () => {
    const body = /export interface SwitchReport \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? ''
    const fields = Array.from(body.matchAll(/^ {2}readonly (\w+)\??:/gm), ([, field = '']) => field)
    const described = rows.flatMap(([first = '']) => codeIn(first)).filter((word) => !word.includes('.'))
    expect(fields.length).toBeGreaterThan(5)
    expect(described.toSorted()).toEqual(fields.toSorted())
  })
})
