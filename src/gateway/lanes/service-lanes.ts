import type { LaneEntry, TableEntry } from '../../model/table.ts'
import type { Tally } from '../counters.ts'
import type { LaneRequest } from './request.ts'
import { compileRule } from './rule.ts'
import { compileSplit, type SplitContext } from './split.ts'

/** A lane as requests are sent to it: with its figures, and whose turn it is among its targets. */
export interface Way {
  readonly lane: LaneEntry
  readonly tally: Tally
  turn: number
}

/** An entry of the table, made ready so that a request costs little. */
export interface ServiceLanes extends Pick<TableEntry, 'listener' | 'route'> {
  readonly entry: TableEntry
  readonly first: Way
  /** Where a request is meant to go, whether it can be served there or not. */
  choose(request: LaneRequest): Way
}

export interface ServiceLanesContext extends Pick<SplitContext, 'trusts'> {
  readonly tally: (service: string, lane: string) => Tally
}

export function compileLanes(entry: TableEntry, { tally, trusts }: ServiceLanesContext): ServiceLanes {
  const { service, listener, route, split } = entry
  const wayOf = (lane: LaneEntry): Way => ({ lane, tally: tally(service, lane.name), turn: 0 })
  const first = wayOf(entry.lanes[0])
  const ways = new Map([first, ...entry.lanes.slice(1).map(wayOf)].map((way) => [way.lane.name, way]))
  const rules = entry.rules.map((rule) => ({ way: ways.get(rule.lane) ?? first, matches: compileRule(rule) }))
  const share = split === undefined ? undefined : compileSplit(split, { service, trusts })
  const choose = (request: LaneRequest): Way => {
    for (const { way, matches } of rules) if (matches(request)) return way
    const lane = share?.(request)
    return (lane === undefined ? undefined : ways.get(lane)) ?? first
  }
  return { entry, listener, route, first, choose: ways.size === 1 ? () => first : choose }
}
