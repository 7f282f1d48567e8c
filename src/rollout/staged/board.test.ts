import { describe, expect, it } from 'vitest'
import type { Service } from '../../model/service.ts'
import type { RoutingTable } from '../../model/table.ts'
import { RouteBoard } from './board.ts'

const listener = { host: '127.0.0.1', port: 80 }
const service = (name: string): Service => ({ name, route: { path: `/${name}` }, browserReload: false }) as Service
const why = (text: string) => ({ lanes: [{ name: 'stable', state: { kind: 'hold', why: text } }], rules: [] }) as const

const first = why('first')

/** A data plane whose installs end when the test says so. */
function slowPlane() {
  const installs: { readonly table: RoutingTable; readonly end: (error?: Error) => void }[] = []
  const install = (table: RoutingTable) =>
    new Promise<void>((resolve, reject) => {
      installs.push({ table, end: (error) => (error === undefined ? resolve() : reject(error)) })
    })
  return { install, installs }
}

function shown(table: RoutingTable | undefined): readonly string[] {
  return (table?.entries ?? []).map(
    ({ service, lanes: [{ state }] }) => `${service} ${'why' in state ? state.why : ''}`,
  )
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a board of routes', () => {
  it('installs one table after the other, and what came meanwhile in one', async () => {
    const plane = slowPlane()
    const board = new RouteBoard(plane)
    const placed = board.put({ service: service('a'), listener, parts: first })
    await settled()
    const [second, third] = [
      board.put({ service: service('b'), listener, parts: first }),
      board.put({ service: service('a'), listener, parts: why('one') }),
    ]
    const fourth = board.put({ service: service('a'), listener, parts: why('two') })
    await settled()
    expect(plane.installs).toHaveLength(1)
    plane.installs[0]?.end()
    await placed
    await settled()
    expect(plane.installs.map(({ table }) => shown(table))).toEqual([['a first'], ['a two', 'b first']])
    plane.installs[1]?.end()
    await Promise.all([second, third, fourth])
    expect(plane.installs).toHaveLength(2)
  })

  it('tells who asked that a table could not be installed, and has it in the next one', async () => {
    const plane = slowPlane()
    const board = new RouteBoard(plane)
    const placed = board.put({ service: service('a'), listener, parts: first })
    await settled()
    const next = board.put({ service: service('a'), listener, parts: why('one') })
    await settled()
    plane.installs[0]?.end(new Error('no worker answers'))
    await expect(placed).rejects.toThrow('no worker answers')
    await settled()
    plane.installs[1]?.end()
    await next
    expect(shown(plane.installs[1]?.table)).toEqual(['a one'])
  })

  it('does not wait for what cannot have its place, unless the gateway serves it', async () => {
    for (const isServing of [false, true]) {
      const plane = slowPlane()
      const board = new RouteBoard(plane, ['a', 'b'], { isServing })
      void board.put({ service: service('a'), listener, parts: why('one') })
      board.miss('b')
      await settled()
      expect(plane.installs.map(({ table }) => shown(table))).toEqual(isServing ? [] : [['a one']])
    }
  })
})
