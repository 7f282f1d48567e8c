import { expect, test } from 'vitest'

import { hostName, splitTarget } from './route.ts'

test.each([
  ['/a/b?c=/d', { path: '/a/b' }],
  ['/?', { path: '/' }],
  ['*', { path: '/' }],
  ['http://Shop.test:80', { authority: 'Shop.test:80', path: '/' }],
  ['HTTP://h/p?q', { authority: 'h', path: '/p' }],
  ['/http://h/p', { path: '/http://h/p' }],
])('the path of %s', (target, expected) => expect(splitTarget(target)).toEqual(expected))

test.each([
  ['Shop.Test:8080', 'shop.test'],
  ['[::1]:80', '[::1]'],
  ['[::1]', '[::1]'],
  ['a.', 'a'],
  ['', undefined],
  [undefined, undefined],
])('the host of %s', (authority, expected) => expect(hostName(authority)).toBe(expected))
