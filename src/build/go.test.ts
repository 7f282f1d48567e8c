import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { buildKit, never } from '../../test/support/build-kit.ts'
import { failureOf, goKit, type GoKitOptions, run } from '../../test/support/go-kit.ts'
import { describeWithGo } from '../../test/support/needs.ts'
import { makeTree, write } from '../../test/support/tree.ts'
import { findProcess, listProcesses } from '../support/group/processes.ts'
import { goBuilder } from './go.ts'

const goMod = 'module example.com/shop\n\ngo 1.21\n'
const say = (text: string, more = '') => `package main\n\nfunc main() { println("${text}") }\n${more}`

const bench = (files: Readonly<Record<string, string>>, options?: GoKitOptions) =>
  goKit({ 'go.mod': goMod, ...files }, options)

describeWithGo('goBuilder', () => {
  it('names programs by content and overwrites none', async () => {
    const { root, builder, context } = await bench({ 'main.go': say('one') })
    const one = await builder.build(never)
    const bytes = await readFile(one.path ?? '')
    await write(root, { 'main.go': say('two') })
    const two = await builder.build(never)
    expect(two.hash).not.toBe(one.hash)
    expect([await run(one), await run(two)]).toEqual(['one', 'two'])
    expect((await readFile(one.path ?? '')).equals(bytes)).toBe(true)
    await write(root, { 'main.go': say('one') })
    expect(await builder.build(never)).toEqual(one)
    await builder.close()
    expect((await readdir(context.artifacts)).sort()).toEqual(
      [one, two].map((each) => path.basename(each.path ?? '')).sort(),
    )
  })

  it('gives the same artifact for a comment, a test and nothing changed', async () => {
    const { root, builder } = await bench({ 'main.go': say('one') })
    const first = await builder.build(never)
    await write(root, { 'main.go': say('one', '// Changes nothing.\n'), 'main_test.go': 'package main\n' })
    expect(await builder.build(never)).toEqual(first)
    const inode = (await stat(first.path ?? '')).ino
    expect(await builder.build(never)).toEqual(first)
    expect((await stat(first.path ?? '')).ino).toBe(inode)
  })

  it('gives the same artifact in the next session', async () => {
    const { root, builder, context } = await bench({ 'main.go': say('one') })
    const first = await builder.build(never)
    const build = { kind: 'go', directory: root, package: '.', flags: [], env: {} } as const
    expect(await goBuilder({ name: 'shop', directory: root, build }, context).build(never)).toEqual(first)
  })

  it('gives the same artifact after a commit', async () => {
    const { root, builder } = await bench({ 'main.go': say('one') }, { env: { GOFLAGS: '' } })
    const git = (...args: string[]) =>
      promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root })
    await git('init', '-q')
    const first = await builder.build(never)
    await git('add', '.')
    await git('commit', '-q', '-m', 'one')
    expect(await builder.build(never)).toEqual(first)
  })

  it('passes flags and environment through', async () => {
    const files = {
      'main.go': 'package main\n\nvar version = "none"\n\nfunc main() { println(version, tagged) }\n',
      'a.go': '//go:build blue\n\npackage main\n\nconst tagged = "blue"\n',
      'b.go': '//go:build !blue\n\npackage main\n\nconst tagged = "plain"\n',
    }
    const flags = ['-tags', 'blue', '-ldflags=-s -w -X main.version=1.2']
    const flagged = await bench(files, { build: { flags } })
    expect(await run(await flagged.builder.build(never))).toBe('1.2 blue')
    const viaEnv = await bench(files, { build: { env: { GOFLAGS: '-tags=blue' } } })
    expect(await run(await viaEnv.builder.build(never))).toBe('none blue')
  })

  it('hashes the file where the build ID was taken away', async () => {
    const flags = ['-ldflags=-buildid=']
    const { root, builder } = await bench({ 'main.go': say('one') }, { build: { flags } })
    const one = await builder.build(never)
    await write(root, { 'main.go': say('two') })
    expect((await builder.build(never)).hash).not.toBe(one.hash)
  })

  it('tells compile errors with position, and lines as they come', async () => {
    const { root, builder, lines, context } = await bench({
      'main.go': 'package main\n\nimport "example.com/shop/auth"\n\nfunc main() { auth.Check() }\n',
      'auth/auth.go': 'package auth\n\nfunc Check() {\n\tnothing()\n}\n',
    })
    expect(await failureOf(builder.build(never))).toMatchObject({
      code: 'HL3001',
      output: 'auth/auth.go:4:2: undefined: nothing',
      position: { file: path.join(root, 'auth/auth.go'), line: 4, column: 2 },
    })
    expect(lines).toContain('auth/auth.go:4:2: undefined: nothing')
    expect(await readdir(context.artifacts)).toEqual([])
  })

  it('tells errors of go.mod and of modules', async () => {
    const { root, builder } = await bench({ 'main.go': say('one'), 'go.mod': `${goMod}\nnonsense here\n` })
    const position = { file: path.join(root, 'go.mod'), line: 5 }
    expect(await failureOf(builder.build(never))).toMatchObject({ code: 'HL3001', position })
    await write(root, {
      'go.mod': goMod,
      'main.go': 'package main\n\nimport _ "example.org/missing"\n\nfunc main() {}\n',
    })
    expect(await failureOf(builder.build(never))).toMatchObject({
      code: 'HL3001',
      position: { file: path.join(root, 'main.go'), line: 3, column: 8 },
    })
  })

  it('tells link errors', async () => {
    const { builder } = await bench({
      'main.go': 'package main\n\nfunc main() { missing() }\n\nfunc missing()\n',
      'x.s': '',
    })
    expect(await failureOf(builder.build(never))).toMatchObject({
      code: 'HL3001',
      output: expect.stringContaining('missing') as string,
    })
  })

  it('wants a package main, also where one was built before', async () => {
    const { root, builder } = await bench({ 'main.go': say('one') })
    await builder.build(never)
    await write(root, { 'main.go': 'package shop\n\nfunc F() {}\n' })
    expect(await failureOf(builder.build(never))).toMatchObject({
      code: 'HL3003',
      output: '. is not a program: it has no package main',
    })
  })

  it('says that go is not there', async () => {
    const { builder } = await bench({ 'main.go': say('one') }, { env: { PATH: '/nowhere' } })
    const message = 'the build command of shop was not found: go'
    expect(await failureOf(builder.build(never))).toMatchObject({ code: 'HL3002', message })
    expect(await failureOf(builder.inputs(never))).toMatchObject({ code: 'HL3002' })
  })

  it('says that the directory is not there', async () => {
    const { builder } = await bench({}, { build: { directory: '/nowhere/at/all' } })
    expect(await failureOf(builder.build(never))).toMatchObject({ code: 'HL1005' })
  })

  it('leaves no process and no file of an aborted build', async () => {
    const root = await makeTree({
      // Runs in the compiler's stead, tells its group and waits, so that the abort comes while a child of go runs.
      'compile.sh':
        '#!/bin/sh\nfor last; do :; done\n[ "$last" = -V=full ] && exec "$@"\necho $$ >"$STARTED"\nsleep 3600\n',
      'go.mod': goMod,
      'main.go': say('one'),
    })
    const wrapper = path.join(root, 'compile.sh')
    await promisify(execFile)('mkfifo', [path.join(root, 'started')])
    await promisify(execFile)('chmod', ['+x', wrapper])
    const { context } = buildKit(root, { STARTED: path.join(root, 'started') })
    const build = { kind: 'go', directory: root, package: '.', flags: ['-a', '-toolexec', wrapper], env: {} } as const
    const controller = new AbortController()
    const building = failureOf(goBuilder({ name: 'shop', directory: root, build }, context).build(controller.signal))
    const pid = Number(await Promise.race([readFile(path.join(root, 'started'), 'utf8'), building]))
    const group = (await findProcess(pid))?.group
    controller.abort(new Error('newer'))
    expect(await building).toMatchObject({ message: 'newer' })
    expect((await listProcesses()).filter((row) => row.group === group && !row.dead)).toEqual([])
    expect(await readdir(context.artifacts)).toEqual([])
  })

  it('works in the directory that GOTMPDIR names, and leaves nothing there', async () => {
    const elsewhere = await makeTree()
    const { builder } = await bench({ 'main.go': say('one') }, { env: { GOTMPDIR: elsewhere } })
    expect(await run(await builder.build(never))).toBe('one')
    await builder.close()
    expect(await readdir(elsewhere)).toEqual([])
  })

  it('starts nothing when aborted before', async () => {
    const { builder, lines } = await bench({ 'main.go': say('one') })
    expect(await failureOf(builder.build(AbortSignal.abort(new Error('newer'))))).toMatchObject({ message: 'newer' })
    expect(lines).toEqual([])
  })
})
