import { describe, expect, test } from 'vitest'
import { goTags, isBuilt } from './build-constraint.ts'
import { parseGoBuild } from './go-build-line.ts'
import { killDelayMs } from './go-duration.ts'
import { fromGoRegex } from './go-regex.ts'
import { opensListener, readGoSource } from './go-source.ts'

describe('killDelayMs', () => {
  test.each([
    [500, 500],
    ['500ms', 500],
    [1_000_000, 1],
    [999_999, 999_999],
    [5_000_000_000, 5000],
    ['5s', 5000],
    ['500us', 500_000],
    ['1.5s', 1500],
    ['1m30s', 90_000],
    [0, 0],
    ['-5s', 0],
  ])('%s is %s ms', (written, ms) => {
    expect(killDelayMs(written)).toBe(ms)
  })
  test.each(['1', 'abc', '5 s', '', '5x'])('%s is refused', (written) => {
    expect(killDelayMs(written)).toBeUndefined()
  })
})

describe('fromGoRegex', () => {
  test.each([
    ['_test.go', 'x_test.go', true],
    ['_test.go', 'x_testago', true],
    [String.raw`\Aa.*z\z`, 'abz', true],
    ['(?P<name>a)b', 'ab', true],
    ['(?i)readme', 'ReadMe', true],
    ['(?i)[a-c]x', 'BX', true],
    ['[[:digit:]]+$', 'a12', true],
    ['[[:digit:]]+$', 'a', false],
  ])('%s on %s', (pattern, text, matches) => {
    expect(new RegExp(fromGoRegex(pattern) ?? 'never').test(text)).toBe(matches)
  })
  test.each(['(', '[', 'a**'])('%s is none', (pattern) => expect(fromGoRegex(pattern)).toBeUndefined())
})

describe('parseGoBuild', () => {
  test.each([
    ['go build -o ./tmp/main .', { env: {}, flags: [], output: './tmp/main', package: '.' }],
    ['go build -o=x', { env: {}, flags: [], output: 'x', package: '.' }],
    [
      'CGO_ENABLED=0 go build -tags "a b" -race -ldflags=\'-X a=1\' -o x ./cmd/api',
      {
        env: { CGO_ENABLED: '0' },
        flags: ['-tags', 'a b', '-race', '-ldflags=-X a=1'],
        output: 'x',
        package: './cmd/api',
      },
    ],
    ['go build ./cmd/api', { env: {}, flags: [], package: './cmd/api' }],
  ])('%s', (line, parsed) => {
    expect(parseGoBuild(line, 'linux')).toEqual(parsed)
  })
  test.each([
    'templ generate && go build -o x .',
    'make',
    'go build -o tmp/ ./...',
    'go build -o x a b',
    'go build -C sub -o x .',
    'go build -ldflags "-X v=$(git rev-parse HEAD)" -o x .',
    'V=$HOME go build -o x .',
    'go run .',
    '',
  ])('%s is left to a shell', (line) => expect(parseGoBuild(line, 'linux')).toBeUndefined())
})

describe('isBuilt', () => {
  const tags = goTags('linux', 'x64')
  test.each([
    ['main.go', 'package main', true],
    ['main_windows.go', 'package main', false],
    ['main_linux_arm64.go', 'package main', false],
    ['main_linux_amd64.go', 'package main', true],
    ['gen.go', '//go:build ignore\n\npackage main', false],
    ['a.go', '//go:build (linux || darwin) && !ignore && go1.21\n\npackage main', true],
    ['a.go', '//go:build windows || (unix && arm64)\npackage main', false],
    ['a.go', 'package main\n\n//go:build ignore\n', true],
  ])('%s %j', (name, text, built) => expect(isBuilt(name, text, tags)).toBe(built))
})

describe('opensListener', () => {
  const told = (...texts: readonly string[]): boolean => opensListener(texts.map(readGoSource))
  test.each([
    ['gin', 'package main\nimport "github.com/gin-gonic/gin"\nfunc main() { gin.New().Run(":80") }'],
    ['net/http', 'package main\nimport (\n\t"net/http"\n)\nfunc main() { http.ListenAndServe(":80", nil) }'],
    ['fiber', 'package main\nimport f "github.com/gofiber/fiber/v2"\nfunc main() { f.New().Listen(":80") }'],
    ['echo', 'package main\nimport "github.com/labstack/echo/v4"\nfunc main() { echo.New().Start(":80") }'],
    ['net', 'package main\nimport "net"\nfunc main() { net.Listen("tcp", ":80") }'],
  ])('%s', (_, text) => expect(told(text)).toBe(true))
  test('is not taken in by comments, texts and other Runs', () => {
    const text =
      'package main\n/* http.ListenAndServe() */\nimport "os/exec"\nfunc main() { // gin.Run()\n exec.Command("ListenAndServe()").Run() }'
    expect(told(text)).toBe(false)
  })
  test('joins what the files of a program say', () => {
    expect(
      told('package main\nfunc main() { routes.New().Run() }', 'package routes\nimport "github.com/gin-gonic/gin"'),
    ).toBe(true)
  })
})
