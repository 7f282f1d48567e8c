import { expect, it } from 'vitest'

import type { WorkerNews } from './news.ts'
import { NewsBoard, NewsSieve } from './news-board.ts'

const renewed = (file: string, until: string): WorkerNews => ({ kind: 'certificate', file, until })

it('keeps the newest news of each file until somebody hears of it, and tells it once', () => {
  const board = new NewsBoard()
  const heard: WorkerNews[] = []
  const hear = (news: WorkerNews): void => void heard.push(news)
  board.tell(renewed('a', '1'))
  board.tell(renewed('b', '1'))
  board.tell(renewed('a', '2'))
  board.follow(hear)
  expect(heard).toEqual([renewed('a', '2'), renewed('b', '1')])
  board.follow(undefined)
  board.tell(renewed('a', '3'))
  board.follow(hear)
  board.tell(renewed('a', '4'))
  expect(heard.slice(2)).toEqual([renewed('a', '3'), renewed('a', '4')])
})

it('lets pass once what several workers tell, and again what one of them tells again', () => {
  const sieve = new NewsSieve()
  const passes = (teller: string, until: string, now: number): boolean => sieve.passes(renewed('a', until), teller, now)
  expect([passes('one', '1', 0), passes('two', '1', 1000), passes('one', '2', 1000)]).toEqual([true, false, true])
  // The second worker is late with both.
  expect([passes('three', '1', 2000), passes('three', '2', 2000)]).toEqual([false, false])
  expect([passes('one', '1', 3000), passes('two', '1', 3000)]).toEqual([true, false])
  expect([passes('two', '2', 60_000), passes('one', '2', 60_000)]).toEqual([true, false])
})
