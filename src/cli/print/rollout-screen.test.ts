import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { RolloutView } from '../../model/rollout.ts'
import { paint } from './paint.ts'
import { RolloutScreen } from './rollout-screen.ts'

const view: RolloutView = {
  id: 1,
  service: 'orders',
  strategy: 'canary',
  from: 7,
  to: 8,
  phase: 'shifting',
  step: 0,
  steps: 3,
  basisPoints: 2500,
  paused: false,
  waitsFor: 'a verdict',
  findings: [],
}

class Terminal extends Writable {
  readonly isTTY = true
  readonly columns = 60
  written = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString()
    done()
  }

  /** What stands on a terminal that has taken all of it: only what the screen uses is understood. */
  get shown(): readonly string[] {
    const lines: string[] = ['']
    let row = 0
    // oxlint-disable-next-line no-control-regex -- a terminal is what this is
    for (const part of this.written.split(/(\r|\n|\u001B\[\d*[AJ])/)) {
      if (part === '\n') lines[++row] ??= ''
      else if (part === '\r') continue
      else if (part.endsWith('A') && part.startsWith('\u001B')) row -= Number(part.slice(2, -1))
      else if (part.endsWith('J') && part.startsWith('\u001B')) lines.splice(row, lines.length, '')
      else lines[row] = (lines[row] ?? '') + part
    }
    return lines.map((line) => stripVTControlCharacters(line).replace(/\d+(\.\d+)? m?s/, 'TIME'))
  }
}

describe('the screen of rollouts', () => {
  it('keeps facts above and one line for each rollout below, none wider than the terminal', () => {
    const stream = new Terminal()
    const screen = new RolloutScreen({ stream, paint: paint(false), services: ['orders', 'auth'] })
    screen.doing('auth', 'building')
    screen.show(view)
    screen.show({ ...view, basisPoints: 5000, step: 1 })
    expect(stream.shown).toEqual([
      'auth   | building',
      'orders | release 8 gets 25 % of the traffic (step 1 of 3)',
      'orders | release 8 gets 50 % of the traffic (step 2 of 3)',
      'auth    building  TIME',
      'orders  [##########..........]  50 %  TIME  shifting, waits',
    ])
    expect(stream.shown.filter((line) => line.length > 60)).toEqual([])
    screen.finish('auth')
    screen[Symbol.dispose]()
    expect(stream.shown.slice(1)).toEqual([
      'orders | release 8 gets 25 % of the traffic (step 1 of 3)',
      'orders | release 8 gets 50 % of the traffic (step 2 of 3)',
      '',
    ])
  })
})
