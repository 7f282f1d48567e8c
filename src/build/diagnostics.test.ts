import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { firstPosition, tidy } from './diagnostics.ts'

const directory = path.resolve('/home/me/shop')
const at = (file: string, line: number, column?: number) => ({
  file: path.resolve(directory, file),
  line,
  ...(column === undefined ? {} : { column }),
})

test.each([
  ['go', '# example.com/shop/auth\nauth/token.go:3:5: undefined: x\n./main.go:9:2: y', at('auth/token.go', 3, 5)],
  ['go, line only', './x.go:7: too many errors', at('x.go', 7)],
  ['go, above the directory', '../lib/x.go:1:2: expected package', at('../lib/x.go', 1, 2)],
  ['go vet', '# shop\nvet: ./x.go:3:5: undefined: y', at('x.go', 3, 5)],
  ['go.mod', 'go: errors parsing go.mod:\ngo.mod:5: unknown directive: foo', at('go.mod', 5)],
  ['go.mod, absolute', `go: errors parsing go.mod:\n${directory}/go.mod:5: unknown`, at('go.mod', 5)],
  [
    'go module',
    'main.go:4:2: no required module provides package x.org/y; to add it:\n\tgo get x',
    at('main.go', 4, 2),
  ],
  ['go embed', 'main.go:11:12: pattern t/*.html: no matching files found', at('main.go', 11, 12)],
  ['a name with blanks', './my shop/x.go:3:5: undefined: y', at('my shop/x.go', 3, 5)],
  ['gcc', 'In file included from x.c:1:\nx.h:2:1: warning: a\nx.c:4:3: error: b', at('x.c', 4, 3)],
  ['gcc, warnings only', 'x.c:4:3: warning: b', at('x.c', 4, 3)],
  ['tsc', 'src/a.ts(3,5): error TS2322: Type', at('src/a.ts', 3, 5)],
  [
    'tsc --pretty',
    '\u001B[96msrc/a.ts\u001B[0m:\u001B[93m3\u001B[0m:\u001B[93m5\u001B[0m - error TS2322',
    at('src/a.ts', 3, 5),
  ],
  ['esbuild, columns from 0', '✘ [ERROR] Expected ";"\n\n    src/a.ts:3:4:\n      3 │ x y', at('src/a.ts', 3, 5)],
  ['esbuild, warning first', '▲ [WARNING] w\n\n    a.ts:1:0:\n\n✘ [ERROR] e\n\n    b.ts:2:1:', at('b.ts', 2, 2)],
  [
    'rustc',
    'warning: unused\n --> src/l.rs:9:9\n\nerror[E0425]: no x\n --> src/main.rs:2:5\n',
    at('src/main.rs', 2, 5),
  ],
  ['javac', 'src/X.java:3: error: ; expected', at('src/X.java', 3)],
  ['maven', '[ERROR] /home/me/shop/src/X.java:[3,5] cannot find symbol', at('src/X.java', 3, 5)],
  ['kotlin', 'e: file:///home/me/shop/X.kt:3:5 Unresolved reference', at('X.kt', 3, 5)],
  ['node', `${directory}/x.js:3\nfoo(\n   ^\nSyntaxError: missing )`, at('x.js', 3)],
  [
    'python',
    'Traceback (most recent call last):\n  File "/usr/lib/a.py", line 1, in <module>\n    x\n' +
      '  File "build.py", line 8, in f\n    y\n  File "/usr/lib/b.py", line 2, in g\nKeyError: 1',
    at('build.py', 8),
  ],
])('finds the first position: %s', (_, output, expected) => {
  expect(firstPosition(output, directory)).toEqual(expected)
})

test.each([
  'runtime.main_main·f: function main is undeclared in the main package',
  'main.main: relocation target main.f not defined',
  'go: example.com/x@v1.2.3: Get "https://proxy.example.com/x": dial tcp 127.0.0.1:443: connect: connection refused',
  '12:30:45: started',
  '127.0.0.1:8080: refused',
  '',
])('takes for no position: %s', (line) => {
  expect(firstPosition(line, directory)).toBeUndefined()
})

describe('firstPosition', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
  const file = fc
    .tuple(fc.array(name, { maxLength: 3 }), name, fc.constantFrom('go', 'ts', 'rs', 'java', 'c'))
    .map(([directories, base, extension]) => [...directories, `${base}.${extension}`].join('/'))
  const number = fc.integer({ min: 1, max: 99_999 })

  it('finds any file, line and column that Go can print, below any text without one', () => {
    fc.assert(
      fc.property(file, number, number, fc.array(fc.stringMatching(/^[a-zA-Z ]*$/)), (file, line, column, before) => {
        const output = [...before, `./${file}:${line}:${column}: message`].join('\n')
        expect(firstPosition(output, directory)).toEqual(at(file, line, column))
      }),
    )
  })

  it('takes any text without throwing and tells an absolute file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (output) => {
        const position = firstPosition(output, directory)
        expect(position === undefined || path.isAbsolute(position.file)).toBe(true)
        expect(typeof tidy(output, directory)).toBe('string')
      }),
    )
  })

  it('reads a long line without a position in linear time', () => {
    expect(firstPosition('a.a'.repeat(200_000), directory)).toBeUndefined()
  })
})

describe('tidy', () => {
  it('begins with the position and leaves out headers that tell nothing more', () => {
    const output = `# shop/auth\n${directory}/auth/x.go:3:5: a\n# shop\n./main.go:1:2: b\n\tmore\n\n`
    expect(tidy(output, directory)).toBe('auth/x.go:3:5: a\nmain.go:1:2: b\n\tmore')
  })

  it('leaves out what was downloaded', () => {
    expect(tidy('go: downloading x.org/y v1.0.0\n./main.go:1:2: b\n', directory)).toBe('main.go:1:2: b')
  })

  it('keeps the header of a link error once', () => {
    const output = '# shop\nlink: running gcc failed\n# shop\nexit status 1\r\n'
    expect(tidy(output, directory)).toBe('# shop\nlink: running gcc failed\nexit status 1')
  })

  it('leaves other directories that end in the same name', () => {
    expect(tidy('/srv/home/me/shop/x.go:1:1: a', directory)).toBe('/srv/home/me/shop/x.go:1:1: a')
  })

  it('changes nothing the second time', () => {
    const line = fc.constantFrom('# shop', `${directory}/a.go:1:2: x`, './a.go:1:2: y', '\tz', '', 'exit status 1')
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const once = tidy(lines.join('\n'), directory)
        expect(tidy(once, directory)).toBe(once)
      }),
    )
  })
})
