import ignore from 'ignore'
import { describe, expect, test } from 'vitest'
import { anchored, anchoredTree, extensionGlobs, treeBut } from './globs.ts'

describe('globs of importers', () => {
  test('an extension is the last one, with or without its dot', () => {
    expect(extensionGlobs(['go', ' .html '])).toEqual(['**/*.go', '**/*.html'])
    expect(extensionGlobs(['*', 'go'])).toEqual(['**'])
  })

  test('an anchored directory is that one only', () => {
    const matcher = ignore().add(anchoredTree('node_modules/'))
    expect(matcher.ignores('node_modules/x/y.js')).toBe(true)
    expect(matcher.ignores('web/node_modules/x.js')).toBe(false)
    expect(ignore().add(anchored('a[1]*.go')).ignores('a[1]*.go')).toBe(true)
    expect(ignore().add(anchored('a[1]*.go')).ignores('a1x.go')).toBe(false)
  })

  test('a directory stays ignored but for what a rule looks at', () => {
    const matcher = ignore().add([...treeBut('assets', ['assets/css', 'assets/js/src'])])
    for (const path of ['assets/a.png', 'assets/img/b.png', 'assets/js/c.js']) expect(matcher.ignores(path)).toBe(true)
    for (const path of ['assets/css/a.css', 'assets/css/deep/b.css', 'assets/js/src/x.ts', 'main.go']) {
      expect(matcher.ignores(path)).toBe(false)
    }
    expect(treeBut('assets', ['assets'])).toEqual([])
    expect(treeBut('assets', ['other'])).toEqual(['/assets/**'])
  })
})
