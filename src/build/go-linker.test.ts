import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { platform } from 'node:process'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { never } from '../../test/support/build-kit.ts'
import { buildAndPlan, type GoKit, goKit, lastWay, run } from '../../test/support/go-kit.ts'
import { goVersion } from '../../test/support/needs.ts'
import { write } from '../../test/support/tree.ts'
import { hashGoProgram } from './build-id.ts'
import { bareLinkerFlags } from './go-flags.ts'

const main = (value: string) => `package main

import (
	"fmt"
	"net/http"

	"example.com/shop/auth"
	"example.com/shop/words"
)

var client = http.Client{}

func main() { fmt.Println(auth.Name(), auth.Limit, words.Of(${value}), client.Timeout) }
`
const auth = (limit: string) => `package auth

import "example.com/shop/words"

const Limit = ${limit}

func Name() string { return words.First() + words.Of("auth") }
`
/** The generic function is compiled into each package that uses it; the linker takes one of them. */
const words = (first: string, of: string) => `package words

import "fmt"

func First() string {
	defer func() {}()
	return ${first}
}

func Of[T any](value T) string { return fmt.Sprintf(${of}, value) }
`
const files = {
  'go.mod': 'module example.com/shop\n\ngo 1.21\n',
  'main.go': main('1'),
  'auth/auth.go': auth('1'),
  'words/words.go': words('"one"', '"<%v>"'),
}

const artifacts: string[] = []

/** Makes the linker as a first session does, and keeps it for the others. Returns its directory. */
async function makeLinker(): Promise<string> {
  const kit = await goKit(files)
  await buildAndPlan(kit)
  await write(kit.root, { 'main.go': main('2') })
  const seated = kit.nextNote('linker')
  await kit.builder.build(never)
  expect(await seated).not.toHaveProperty('missing')
  const name = await linkerIn(kit)
  const kept = await mkdtemp(path.join(tmpdir(), 'hotlane-linkers-'))
  artifacts.push(kept)
  await cp(path.join(kit.context.artifacts, name), path.join(kept, name), { recursive: true })
  return path.join(kept, name)
}

let making: Promise<string> | undefined

/** A session that finds the linker of an earlier one; `instead` takes its place, a script that finds the real one in `$REAL`. */
async function session(instead?: string): Promise<GoKit> {
  const made = await (making ??= makeLinker())
  const kit = await goKit(files, { env: { REAL: path.join(made, 'link') } })
  const own = path.join(kit.context.artifacts, path.basename(made))
  await cp(made, own, { recursive: true })
  if (instead !== undefined) {
    await rm(path.join(own, 'link'))
    await writeFile(path.join(own, 'link'), `#!/bin/sh\n${instead}\n`, { mode: 0o755 })
  }
  const seated = kit.nextNote('linker')
  await buildAndPlan(kit)
  await seated
  return kit
}

async function linkerIn({ context }: GoKit): Promise<string> {
  const names = await readdir(context.artifacts)
  return names.find((name) => name.startsWith('.linker-')) ?? ''
}

/** What `go build` makes of the same sources. */
async function hashOfGoBuild({ root, context }: GoKit): Promise<string> {
  const program = path.join(root, 'by-go')
  const args = ['build', '-buildvcs=false', `-ldflags=${bareLinkerFlags}`, '-o', program, '.']
  await promisify(execFile)('go', args, { cwd: root, env: await context.env() })
  return hashGoProgram(program)
}

/** Pids of processes that were started with this text in their arguments. */
async function processesWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((_, index) => [text, '-importcfg'].every((each) => lines[index]?.includes(each)))
}

const missing =
  goVersion === undefined ? 'there is no go on the PATH' : platform === 'linux' ? undefined : 'not on Linux'
const title = missing === undefined ? '' : ` (skipped: ${missing})`
// oxlint-disable-next-line vitest/valid-title -- says why it is skipped
// The linker's packages are compiled when it is made for the first time on a machine.
describe(`goBuilder with a linker that waits${title}`, { skip: missing !== undefined, timeout: 300_000 }, () => {
  afterAll(() => Promise.all(artifacts.map((each) => rm(each, { recursive: true, force: true }))))

  it('makes the program of go build from whatever has changed', async () => {
    const kit = await session()
    const edits = [
      [{ 'main.go': main('"two"') }, 'compiled 1 package', 'one<auth> 1 <two> 0s'],
      [{ 'words/words.go': words('"uno"', '"<%v>"') }, 'compiled 1 package', 'uno<auth> 1 <two> 0s'],
      // Its callers have compiled the generic function into themselves.
      [{ 'words/words.go': words('"uno"', '"[%v]"') }, 'compiled 3 packages', 'uno[auth] 1 [two] 0s'],
      [{ 'auth/auth.go': auth('2'), 'main.go': main('[]int{}') }, 'compiled 2 packages', 'uno[auth] 2 [[]] 0s'],
      [{ 'main.go': main('struct{ A, B string }{}') }, 'compiled 1 package', 'uno[auth] 2 [{ }] 0s'],
    ] as const
    for (const [changed, why, output] of edits) {
      await write(kit.root, changed)
      const seated = kit.nextNote('linker')
      const artifact = await kit.builder.build(never)
      expect([lastWay(kit), await run(artifact)]).toEqual([`fast: ${why}, packages were loaded ahead`, output])
      expect(artifact.hash).toBe(await hashOfGoBuild(kit))
      expect(await seated).not.toHaveProperty('missing')
    }
  })

  it('is made before packages are compiled without DWARF, which takes longer and gains less', async () => {
    const kit = await goKit(files)
    await buildAndPlan(kit)
    await write(kit.root, { 'main.go': main('2') })
    const lean = kit.nextNote('planned')
    await kit.builder.build(never)
    await lean
    expect(kit.notes.map(({ kind }) => kind)).toEqual(['way', 'planned', 'way', 'confirmed', 'linker', 'planned'])
  })

  it('is told all that has changed since it loaded', async () => {
    const kit = await session()
    await write(kit.root, { 'auth/auth.go': auth('2') })
    const aborted = new AbortController()
    const notes = kit.notes.length
    const building = kit.builder.build(aborted.signal)
    aborted.abort()
    await expect(building).rejects.toBe(aborted.signal.reason)
    await write(kit.root, { 'main.go': main('3') })
    const artifact = await kit.builder.build(never)
    expect(kit.notes.slice(notes).filter(({ kind }) => kind === 'linker')).toEqual([])
    expect([lastWay(kit), await run(artifact)]).toEqual([
      'fast: compiled 2 packages, packages were loaded ahead',
      'one<auth> 2 <3> 0s',
    ])
    expect(artifact.hash).toBe(await hashOfGoBuild(kit))
  })

  it('loads the packages of a new plan', async () => {
    const kit = await session()
    const seated = kit.nextNote('linker')
    await write(kit.root, { 'words/more.go': 'package words\n\nfunc init() { println("more") }\n' })
    await kit.builder.build(never)
    expect(lastWay(kit)).toBe('full: more.go was added to package example.com/shop/words')
    await seated
    await write(kit.root, { 'main.go': main('3') })
    expect(await run(await kit.builder.build(never))).toBe('one<auth> 1 <3> 0s\nmore')
    expect(lastWay(kit)).toBe('fast: compiled 1 package, packages were loaded ahead')
  })

  it('waits until the builder is closed, and is gone then', async () => {
    const kit = await session()
    expect(await processesWith(kit.root)).toHaveLength(1)
    await kit.builder.close()
    expect(await processesWith(kit.root)).toEqual([])
    expect((await readdir(kit.context.artifacts)).filter((name) => name.startsWith('.building-'))).toEqual([])
  })

  it('ends where another program is edited', async () => {
    const first = await session()
    const second = await session()
    expect([(await processesWith(first.root)).length, (await processesWith(second.root)).length]).toEqual([0, 1])
    await write(first.root, { 'main.go': main('3') })
    expect(await run(await first.builder.build(never))).toBe('one<auth> 1 <3> 0s')
    expect(lastWay(first)).toBe('fast: compiled 1 package')
  })

  it('is not taken where it makes another program, or none', async () => {
    const kit = await session('echo ready; cat >/dev/null; echo no such thing; exit 1')
    expect(kit.notes.findLast(({ kind }) => kind === 'linker')).toMatchObject({ missing: 'no such thing' })
    await write(kit.root, { 'main.go': main('3') })
    expect(await run(await kit.builder.build(never))).toBe('one<auth> 1 <3> 0s')
    expect(lastWay(kit)).toBe('fast: compiled 1 package')
  })

  it('is followed by the toolchain’s where it refuses', async () => {
    const once = 'test -e "$0.tried" || { touch "$0.tried"; exec "$REAL" "$@"; }'
    const kit = await session(`${once}; echo ready; cat >/dev/null; echo no such thing; exit 1`)
    await write(kit.root, { 'main.go': main('3') })
    const artifact = await kit.builder.build(never)
    expect(await run(artifact)).toBe('one<auth> 1 <3> 0s')
    expect(lastWay(kit)).toBe('fast: compiled 1 package, packages were loaded again: no such thing')
    expect(artifact.hash).toBe(await hashOfGoBuild(kit))
  })

  it('is gone when the build is aborted that it links', async () => {
    const once = 'test -e "$0.tried" || { touch "$0.tried"; exec "$REAL" "$@"; }'
    const kit = await session(`${once}; echo ready; cat >"$0.told"; exec sleep 600`)
    const told = path.join(kit.context.artifacts, await linkerIn(kit), 'link.told')
    await write(kit.root, { 'main.go': main('3') })
    const aborted = new AbortController()
    const building = kit.builder.build(aborted.signal)
    building.catch(() => undefined)
    await expect.poll(() => readFile(told, 'utf8').catch(() => '')).toMatch(/^main=.*\nlink\n$/)
    aborted.abort()
    await expect(building).rejects.toBe(aborted.signal.reason)
    expect(await processesWith(kit.root)).toEqual([])
  })

  it('ends by itself when nobody is left to tell it', async () => {
    const kit = await session()
    const [pid = ''] = await processesWith(kit.root)
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(1, -1)
    const output = path.join(kit.root, 'nobody')
    const own = args.map((word, index) => (args[index - 1] === '-o' ? output : word))
    const env = { ...(await kit.context.env()), HOTLANE_LINKER: 'wait' }
    const child = execFile(path.join(kit.context.artifacts, await linkerIn(kit), 'link'), own, { env })
    child.stdin?.end('main=half of a message')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })
})
