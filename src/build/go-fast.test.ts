import { execFile } from 'node:child_process'
import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { never } from '../../test/support/build-kit.ts'
import { buildAndPlan, failureOf, type GoKit, goKit, lastWay, run } from '../../test/support/go-kit.ts'
import { describeWithGo } from '../../test/support/needs.ts'
import { write } from '../../test/support/tree.ts'
import { hashGoProgram } from './build-id.ts'
import { bareLinkerFlags } from './go-flags.ts'

const main = `package main

import (
	"fmt"

	"example.com/shop/auth"
)

func main() { fmt.Println(auth.Name(), auth.Limit) }
`
const auth = `package auth

import "example.com/shop/words"

const Limit = 1

func Name() string { return words.First() }
`
/** Too long to be inlined, so that importers see nothing of it. */
const words = `package words

func First() string {
	defer func() {}()
	return "one"
}
`
const files = {
  'go.mod': 'module example.com/shop\n\ngo 1.21\n',
  'main.go': main,
  'auth/auth.go': auth,
  'words/words.go': words,
}

const bareLdflags = `-ldflags=${bareLinkerFlags}`
const leanGcflags = '-gcflags=all=-dwarf=false'

/** What `go build` makes of the same sources: the hash of its program. */
async function hashOfGoBuild({ root, context }: GoKit, flags: readonly string[] = [bareLdflags]): Promise<string> {
  const program = path.join(root, 'by-go')
  const args = ['build', '-buildvcs=false', ...flags, '-o', program, '.']
  await promisify(execFile)('go', args, { cwd: root, env: await context.env() })
  return hashGoProgram(program)
}

describeWithGo('goBuilder on the fast path', () => {
  it('compiles what changed and what sees it, and makes the program that go build makes', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    await write(kit.root, { 'words/words.go': words.replace('"one"', '"1"') })
    const first = await kit.builder.build(never)
    expect([lastWay(kit), await run(first)]).toEqual(['fast: compiled 1 package', '1 1'])
    expect(first.hash).toBe(await hashOfGoBuild(kit))
    await write(kit.root, { 'auth/auth.go': auth.replace('Limit = 1', 'Limit = 2') })
    const second = await kit.builder.build(never)
    expect([lastWay(kit), await run(second)]).toEqual(['fast: compiled 2 packages', '1 2'])
    expect(second.hash).toBe(await hashOfGoBuild(kit))
  })

  it('compiles many packages together, and shows what go build says where one of them fails', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `part${index}`)
    const imports = names.map((name) => `\t"example.com/shop/${name}"`).join('\n')
    const sum = names.map((name) => `${name}.Value`).join(' + ')
    const part = (name: string) =>
      `package ${name}\n\nimport "example.com/shop/base"\n\nconst Value = base.Limit * base.Limit\n`
    const base = (value: string) => `package base\n\nconst Limit = ${value}\n`
    const kit = await goKit({
      'go.mod': files['go.mod'],
      'main.go': `package main\n\nimport (\n${imports}\n)\n\nfunc main() { println(${sum}) }\n`,
      'base/base.go': base('1'),
      ...Object.fromEntries(names.map((name) => [`${name}/${name}.go`, part(name)])),
    })
    await buildAndPlan(kit)
    await write(kit.root, { 'base/base.go': base('2') })
    const artifact = await kit.builder.build(never)
    expect([lastWay(kit), await run(artifact)]).toEqual(['fast: compiled 11 packages', '36'])
    expect(artifact.hash).toBe(await hashOfGoBuild(kit))
    await write(kit.root, { 'base/base.go': base('"text"') })
    expect(await failureOf(kit.builder.build(never))).toMatchObject({ code: 'HL3001', position: { line: 5 } })
    expect(lastWay(kit)).toMatch(/^full: compiling example\.com\/shop\/part\d.* failed$/)
  })

  it('gives an artifact again when its sources come back, by whichever way', async () => {
    const kit = await goKit(files)
    const full = await buildAndPlan(kit)
    await write(kit.root, { 'main.go': main.replace('Println(', 'Println(1, ') })
    const fast = await kit.builder.build(never)
    await write(kit.root, { 'main.go': main })
    expect(await kit.builder.build(never)).toEqual(full)
    expect(lastWay(kit)).toBe('fast: compiled 1 package')
    await write(kit.root, { 'main.go': main.replace('Println(', 'Println(1, '), 'other.go': 'package main\n' })
    expect(await kit.builder.build(never)).toEqual(fast)
    expect(lastWay(kit)).toBe('full: other.go was added to package example.com/shop')
  })

  it('makes the same program of other comments and formatting', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    await write(kit.root, { 'main.go': main.replace('auth.Limit', '2') })
    const artifact = await kit.builder.build(never)
    const text = main.replace('auth.Limit', '2').replace('func main() { ', '// Tells.\nfunc  main( ) {/* now */ ')
    await write(kit.root, { 'main.go': text, 'main_test.go': 'package main\n' })
    expect(await kit.builder.build(never)).toEqual(artifact)
    expect(lastWay(kit)).toBe('fast: only comments or formatting changed')
  })

  it('links again what came back after a full build that has no plan yet', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    const changed = main.replace('auth.Limit', '2')
    await write(kit.root, { 'main.go': changed })
    const fast = await kit.builder.build(never)
    await write(kit.root, { 'main.go': main.replace('"fmt"', '"fmt"\n\t_ "os"') })
    expect(await run(await kit.builder.build(never))).toBe('one 1')
    await write(kit.root, { 'main.go': changed })
    expect(await kit.builder.build(never)).toEqual(fast)
  })

  it('gives the artifact of the full build where nothing changed', async () => {
    const kit = await goKit(files)
    const artifact = await buildAndPlan(kit)
    expect(await kit.builder.build(never)).toEqual(artifact)
    expect(lastWay(kit)).toBe('fast: nothing changed')
  })

  it('notices what changed between a full build and its plan', async () => {
    const kit = await goKit(files)
    const planned = kit.nextNote('planned')
    expect(await run(await kit.builder.build(never))).toBe('one 1')
    await write(kit.root, { 'auth/auth.go': auth.replace('Limit = 1', 'Limit = 2') })
    await planned
    expect(await run(await kit.builder.build(never))).toBe('one 2')
  })

  it('asks for a new plan in another environment, but not where only services moved', async () => {
    const env: Record<string, string> = {}
    const kit = await goKit(files, { env })
    await buildAndPlan(kit)
    env['HOTLANE_URL_AUTH'] = 'http://127.0.0.1:1'
    await write(kit.root, { 'main.go': main.replace('auth.Limit', '4') })
    await kit.builder.build(never)
    expect(lastWay(kit)).toBe('fast: compiled 1 package')
    env['GOFLAGS'] = '-buildvcs=false -tags=other'
    await kit.builder.build(never)
    expect(lastWay(kit)).toBe('full: environment or flags changed')
  })

  it('goes on with go build where a compiled package is gone from the cache', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    const flags = ['-buildvcs=false', bareLdflags, '-export', '-f', '{{.Export}}']
    const { stdout } = await promisify(execFile)('go', ['list', ...flags, './words'], { cwd: kit.root })
    await rm(stdout.trim())
    await write(kit.root, { 'main.go': main.replace('auth.Limit', '4') })
    expect(await run(await kit.builder.build(never))).toBe('one 4')
    expect(lastWay(kit)).toBe('full: compiling example.com/shop, or linking, failed')
  })

  it('shows the errors of go build, and is fast again after them', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    await write(kit.root, { 'auth/auth.go': auth.replace('Limit = 1', 'Limit = none') })
    expect(await failureOf(kit.builder.build(never))).toMatchObject({
      code: 'HL3001',
      output: 'auth/auth.go:5:15: undefined: none',
      position: { file: path.join(kit.root, 'auth/auth.go'), line: 5, column: 15 },
    })
    expect(lastWay(kit)).toBe('full: compiling example.com/shop/auth failed')
    await write(kit.root, { 'auth/auth.go': auth.replace('Limit = 1', 'Limit = 3') })
    expect(await run(await kit.builder.build(never))).toBe('one 3')
    expect(lastWay(kit)).toBe('fast: compiled 2 packages')
  })

  it.each<readonly [string, string, (root: string) => Promise<unknown>]>([
    [
      'an import',
      'package clause, imports, constraints or directives of main.go of package example.com/shop changed',
      (root) => write(root, { 'main.go': main.replace('"fmt"', '"fmt"\n\t_ "os"') }),
    ],
    [
      'a constraint',
      'package clause, imports, constraints or directives of words.go of package example.com/shop/words changed',
      (root) => write(root, { 'words/words.go': `//go:build !none\n\n${words}` }),
    ],
    [
      'a new file',
      'more.go was added to package example.com/shop',
      (root) => write(root, { 'more.go': 'package main\n' }),
    ],
    [
      'another name',
      'auth.go was removed from package example.com/shop/auth',
      (root) => rename(path.join(root, 'auth/auth.go'), path.join(root, 'auth/b.go')),
    ],
    ['go.mod', 'go.mod changed', (root) => write(root, { 'go.mod': files['go.mod'].replace('1.21', '1.22') })],
    ['go.work', 'go.work changed', (root) => write(root, { 'go.work': 'go 1.22\n\nuse .\n' })],
  ])('leaves a change of %s to go build, and is fast again after it', async (_, why, change) => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    await change(kit.root)
    await buildAndPlan(kit)
    expect(lastWay(kit).replace(`${kit.root}/`, '')).toBe(`full: ${why}`)
    await write(kit.root, { 'words/words.go': words.replace('"one"', '"1"') })
    expect(await run(await kit.builder.build(never))).toBe('1 1')
    expect(lastWay(kit)).toMatch(/^(?:fast: compiled|full: package clause)/)
  })

  it('follows embedded files, and leaves another set of them to go build', async () => {
    const kit = await goKit({
      'go.mod': files['go.mod'],
      'main.go':
        'package main\n\nimport "embed"\n\n//go:embed pages\nvar pages embed.FS\n\nfunc main() {\n\tentries, _ := pages.ReadDir("pages")\n\ttext, _ := pages.ReadFile("pages/a.txt")\n\tprintln(len(entries), string(text))\n}\n',
      'pages/a.txt': 'one',
      'pages/.hidden': '',
    })
    await buildAndPlan(kit)
    await write(kit.root, { 'pages/a.txt': 'two' })
    expect(await run(await kit.builder.build(never))).toBe('1 two')
    expect(lastWay(kit)).toBe('fast: compiled 1 package')
    await write(kit.root, { 'pages/b.txt': '' })
    expect(await run(await kit.builder.build(never))).toBe('2 two')
    expect(lastWay(kit)).toBe('full: pages/b.txt was added to package example.com/shop')
  })

  it('leaves assembly to go build', async () => {
    const kit = await goKit({
      ...files,
      'words/words.go': `${words}\nfunc Empty()\n`,
      'words/empty_amd64.s': '#include "textflag.h"\n\nTEXT ·Empty(SB), NOSPLIT, $0-0\n\tRET\n',
      'words/empty_arm64.s': '#include "textflag.h"\n\nTEXT ·Empty(SB), NOSPLIT, $0-0\n\tRET\n',
    })
    await buildAndPlan(kit)
    await write(kit.root, { 'words/words.go': `${words.replace('"one"', '"1"')}\nfunc Empty()\n` })
    expect(await run(await kit.builder.build(never))).toBe('1 1')
    expect(lastWay(kit)).toBe('full: package example.com/shop/words needs more than the compiler')
    await write(kit.root, { 'main.go': main.replace('auth.Limit', '7') })
    expect(lastWay(kit)).toContain('full')
  })

  it.each<readonly [string, readonly string[]]>([
    ['linker flags', ['-ldflags=-s -X main.version=1.2 -X "main.words=a b"']],
    ['trimmed paths', ['-trimpath']],
    ['compiler flags for its own packages', ['-gcflags=-N -l', '-tags', 'some,thing']],
  ])('makes the program that go build makes with %s', async (_, flags) => {
    const source = 'package main\n\nvar version, words string\n\nfunc main() { println(version, words, 1) }\n'
    const kit = await goKit({ 'go.mod': files['go.mod'], 'main.go': source }, { build: { flags } })
    await buildAndPlan(kit)
    await write(kit.root, { 'main.go': source.replace(', 1', ', 2') })
    const artifact = await kit.builder.build(never)
    expect(lastWay(kit)).toBe('fast: compiled 1 package')
    const own = flags.map((flag) => flag.replace('-ldflags=', `${bareLdflags} `))
    const ldflags = own.some((flag) => flag.startsWith('-ldflags')) ? [] : [bareLdflags]
    expect(artifact.hash).toBe(await hashOfGoBuild(kit, [...ldflags, ...own]))
  })

  it('works in a workspace, with a replaced module, and with vendored packages', async () => {
    const lib = 'package lib\n\nfunc Word() string { return "one" }\n'
    const app = 'package main\n\nimport "example.com/lib"\n\nfunc main() { println(lib.Word()) }\n'
    const need = 'module example.com/app\n\ngo 1.21\n\nrequire example.com/lib v0.0.0\n'
    const replaced = `${need}\nreplace example.com/lib => ../lib\n`
    const trees = [
      { 'go.work': 'go 1.21\n\nuse (\n\t./app\n\t./lib\n)\n', 'app/go.mod': need },
      { 'app/go.mod': replaced },
      { 'app/go.mod': replaced, 'app/vendor/modules.txt': '' },
    ]
    for (const tree of trees) {
      const isVendored = 'app/vendor/modules.txt' in tree
      const kit = await goKit(
        { ...tree, 'app/main.go': app, 'lib/go.mod': 'module example.com/lib\n\ngo 1.21\n', 'lib/lib.go': lib },
        { build: {} },
      )
      await kit.builder.close()
      const place = path.join(kit.root, 'app')
      if (isVendored) {
        await rm(path.join(place, 'vendor'), { recursive: true })
        await promisify(execFile)('go', ['mod', 'vendor'], { cwd: place })
      }
      const inApp = await goKit({}, { build: { directory: place } })
      await buildAndPlan(inApp)
      await write(place, { 'main.go': app.replace('lib.Word()', '1, lib.Word()') })
      await run(await inApp.builder.build(never))
      const file = path.join(kit.root, isVendored ? 'app/vendor/example.com/lib/lib.go' : 'lib/lib.go')
      await writeFile(file, lib.replace('one', 'two'))
      expect(await run(await inApp.builder.build(never))).toBe('1 two')
      expect(lastWay(inApp)).toMatch(/^fast: compiled/)
    }
  })

  it('is confirmed by go build', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    await write(kit.root, { 'main.go': main.replace('auth.Limit', '2') })
    const confirmed = kit.nextNote('confirmed')
    const artifact = await kit.builder.build(never)
    expect(await confirmed).toMatchObject({ artifact: artifact.hash })
  })

  it('compiles without DWARF once it was confirmed, and goes on to make what go build makes', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    await write(kit.root, { 'main.go': main.replace('auth.Limit', '2') })
    const confirmed = kit.nextNote('confirmed')
    const artifact = await kit.builder.build(never)
    await confirmed
    expect(await kit.nextNote('planned')).not.toHaveProperty('missing')
    expect(await kit.nextNote('linker')).not.toHaveProperty('missing')
    await write(kit.root, { 'main.go': `// Text only.\n${main.replace('auth.Limit', '2')}` })
    expect(await kit.builder.build(never)).toEqual(artifact)
    expect(lastWay(kit)).toBe('fast: only comments or formatting changed')
    await write(kit.root, { 'auth/auth.go': auth.replace('Limit = 1', 'Limit = 2') })
    const next = await kit.builder.build(never)
    const way = 'fast: compiled 2 packages, packages were loaded ahead'
    expect([lastWay(kit), await run(next)]).toEqual([way, 'one 2'])
    expect(next.hash).toBe(await hashOfGoBuild(kit, [leanGcflags, bareLdflags]))
  })

  it('leaves no file behind', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    await write(kit.root, { 'main.go': main.replace('auth.Limit', '2') })
    await kit.builder.build(never)
    await kit.builder.close()
    expect((await readdir(kit.context.artifacts)).filter((name) => name.startsWith('.'))).toEqual([])
  })
})
