import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Wishes } from './wishes.ts'

describe('wishes', () => {
  it('begin with a build and a start', () => {
    const wishes = new Wishes()
    expect([wishes.wantsBuild, wishes.wantsRestart]).toEqual([true, true])
  })

  it('that come while older ones are carried out are not fulfilled with them', () => {
    const wish = fc.record({
      build: fc.boolean(),
      restart: fc.boolean(),
      savedAt: fc.option(fc.nat(), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(wish), fc.array(wish), (before, meanwhile) => {
        const wishes = new Wishes()
        const add = ({ build, restart, savedAt }: (typeof before)[number]): void =>
          wishes.add({ build, restart, ...(savedAt === undefined ? {} : { savedAt }) })
        before.forEach(add)
        const batch = wishes.batch()
        meanwhile.forEach(add)
        wishes.built(batch)
        wishes.served(batch)
        expect(wishes.wantsBuild).toBe(meanwhile.some(({ build }) => build))
        expect(wishes.wantsRestart).toBe(meanwhile.some(({ restart }) => restart))
        expect(wishes.savedAt).toBe(meanwhile.find(({ savedAt }) => savedAt !== undefined)?.savedAt)
      }),
    )
  })

  it('for a build stay where it failed, and time begins anew', () => {
    const wishes = new Wishes()
    wishes.add({ build: true, restart: false, savedAt: 1 })
    wishes.dropped(wishes.batch())
    expect(wishes.wantsBuild).toBe(true)
    expect(wishes.savedAt).toBeUndefined()
  })
})
