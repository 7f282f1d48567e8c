import { describe, expect, it } from 'vitest'
import { goShape } from './go-shape.ts'

const source = `// Copyright.

//go:build linux

package shop

import (
	"fmt"
	str "strings"
)

//go:embed pages
var pages embed.FS

func main() { fmt.Println(str.ToUpper("a")) }
`

describe('goShape', () => {
  it.each([
    ['a comment', 'Copyright.', 'All rights reserved.'],
    ['blanks', 'main() {', 'main( )  {'],
    ['a comment inside', 'str.', '/* of */ str.'],
  ])('sees nothing of %s', (_, from, to) => {
    expect(goShape(source.replace(from, to))).toEqual(goShape(source))
  })

  it.each([
    ['a value', '"a"', '"b"'],
    ['another name of an import', /\bstr\b/g, 'text'],
    ['the order of imports', '"fmt"\n\tstr "strings"', 'str "strings"\n\t"fmt"'],
    ['a directive for the compiler', 'func main', '//go:noinline\nfunc main'],
  ])('sees another program, built alike, in %s', (_, from, to) => {
    const other = goShape(source.replace(from, to))
    expect(other.structure).toBe(goShape(source).structure)
    expect(other.tokens).not.toBe(goShape(source).tokens)
  })

  it.each([
    ['an import', '"fmt"', '"fmt"\n\t"os"'],
    ['a second import declaration', ')\n\n//go:embed', ')\n\nimport "os"\n\n//go:embed'],
    ['the package clause', 'package shop', 'package other'],
    ['a constraint', 'linux', 'darwin'],
    ['no constraint', '//go:build linux', ''],
    ['embedded files', 'embed pages', 'embed pages other'],
    ['settings of the runtime', 'package shop', '//go:debug panicnil=1\npackage shop'],
  ])('sees another way to build in %s', (_, from, to) => {
    expect(goShape(source.replace(from, to)).structure).not.toBe(goShape(source).structure)
  })

  it('reads a constraint of the old form with the blank line behind it', () => {
    const old = '// +build linux\n\npackage shop\n'
    expect(goShape(old.replace('\n\n', '\n')).structure).not.toBe(goShape(old).structure)
  })

  it('takes every letter of a cgo file, of a faulty one and of none at all', () => {
    const cgo = 'package shop\n\n// int one() { return 1; }\nimport "C"\n'
    expect(goShape(cgo.replace('1', '2')).structure).not.toBe(goShape(cgo).structure)
    for (const faulty of ['package shop // \0', 'package shop // \uFFFD', 'package shop // \uFEFF', '/* shop']) {
      expect(goShape(`${faulty} `).tokens).not.toBe(goShape(faulty).tokens)
    }
    expect(goShape('').tokens).not.toBe(goShape(' // x').structure)
  })
})
