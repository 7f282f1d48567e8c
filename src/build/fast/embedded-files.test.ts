import { expect, it } from 'vitest'
import { makeTree } from '../../../test/support/tree.ts'
import { embeddedFiles } from './embedded-files.ts'

it.each([
  [['pages'], ['pages/a.html', 'pages/deep/b.html']],
  [['all:pages'], ['pages/.hidden', 'pages/a.html', 'pages/deep/b.html']],
  [
    ['pages/*.html', '*/*/b.html'],
    ['pages/a.html', 'pages/deep/b.html'],
  ],
  [['one.txt', 'none'], ['one.txt']],
  [[], []],
])('%j', async (patterns, expected) => {
  const root = await makeTree({
    'one.txt': '',
    'two.txt': '',
    'pages/a.html': '',
    'pages/.hidden': '',
    'pages/deep/b.html': '',
    'pages/.git/config': '',
  })
  expect(await embeddedFiles(root, patterns)).toEqual(expected)
})
