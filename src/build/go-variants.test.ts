import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { platform } from 'node:process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { never } from '../../test/support/build-kit.ts'
import { buildAndPlan, goKit, lastWay } from '../../test/support/go-kit.ts'
import { describeWithGo, raceMissing } from '../../test/support/needs.ts'
import { write } from '../../test/support/tree.ts'
import type { Artifact } from '../model/artifact.ts'

const goMod = 'module example.com/shop\n\ngo 1.21\n'
const hello = (text: string) => `package main\n\nfunc main() { println("${text}") }\n`

/** Two goroutines write one variable; nothing orders them. */
const racing = (text: string) => `package main

func main() {
	shared, done := 0, make(chan bool)
	for i := 0; i < 2; i++ {
		go func() { shared++; done <- true }()
	}
	<-done
	<-done
	println("${text}", shared > 0)
}
`

/** Which of a program's own tables it has: names of ELF sections. */
async function tablesOf(artifact: Artifact): Promise<readonly string[]> {
  const bytes = await readFile(artifact.path ?? '')
  return ['.symtab', '.debug_info', '.gopclntab'].filter((name) => bytes.includes(`\0${name}\0`))
}

/** What a program says on standard error, and how it ends. */
async function outcomeOf(artifact: Artifact): Promise<string> {
  const ended = promisify(execFile)(artifact.path ?? '', [])
  return ended.then(
    ({ stderr }) => `0 ${stderr}`,
    (error: { readonly code: number; readonly stderr: string }) => `${error.code} ${error.stderr}`,
  )
}

describeWithGo('goBuilder with symbols', () => {
  it.skipIf(platform !== 'linux').each([
    [false, ['.gopclntab']],
    [true, ['.symtab', '.debug_info', '.gopclntab']],
  ])('%j: full and fast programs have the same tables', async (symbols, tables) => {
    const kit = await goKit({ 'go.mod': goMod, 'main.go': hello('one') }, { build: { symbols } })
    expect(await tablesOf(await buildAndPlan(kit))).toEqual(tables)
    await write(kit.root, { 'main.go': hello('two') })
    const artifact = await kit.builder.build(never)
    expect([lastWay(kit), await tablesOf(artifact)]).toEqual(['fast: compiled 1 package', tables])
  })
})

const title = raceMissing === undefined ? '' : ` (skipped: ${raceMissing})`
// oxlint-disable-next-line vitest/valid-title -- says why it is skipped
describe(`goBuilder with the race detector${title}`, { skip: raceMissing !== undefined }, () => {
  // The packages of Go itself are compiled for it when it runs for the first time on a machine.
  it('finds races in full and fast programs, and go build confirms them', { timeout: 300_000 }, async () => {
    const kit = await goKit({ 'go.mod': goMod, 'main.go': racing('one') }, { build: { race: true } })
    expect(await outcomeOf(await buildAndPlan(kit))).toMatch(/^66 [^]*WARNING: DATA RACE[^]*one true/)
    await write(kit.root, { 'main.go': racing('two') })
    const confirmed = kit.nextNote('confirmed')
    const artifact = await kit.builder.build(never)
    expect(lastWay(kit)).toBe('fast: compiled 1 package')
    expect(await outcomeOf(artifact)).toMatch(/^66 [^]*WARNING: DATA RACE[^]*main\.go:6[^]*two true/)
    expect(await confirmed).toMatchObject({ artifact: artifact.hash })
  })
})
