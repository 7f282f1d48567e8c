import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Edit, edits, GoTree } from '../../test/build/go-tree.ts'
import { never } from '../../test/support/build-kit.ts'
import { type GoKit, goKit, lastWay, run } from '../../test/support/go-kit.ts'
import { describeWithGo } from '../../test/support/needs.ts'
import { write } from '../../test/support/tree.ts'
import { reportError } from '../support/errors.ts'
import { hashGoProgram } from './build-id.ts'
import { tidy } from './diagnostics.ts'
import { bareLinkerFlags } from './go-flags.ts'

/** The soak test wants more. */
const steps = Number(process.env['HOTLANE_BUILD_STEPS'] ?? 30)

interface Step {
  readonly edits: readonly Edit[]
  /** Wait until the next build can be a fast one. */
  readonly rests: boolean
}

const edit = fc.record({ kind: fc.constantFrom(...edits), at: fc.nat(1000), to: fc.nat(1000) })
const step = fc.record({
  edits: fc.array(edit, { minLength: 1, maxLength: 2 }),
  rests: fc.integer({ min: 0, max: 9 }).map((roll) => roll > 0),
})

/** Whatever was before, the last build is a fast one. */
const atLast = (['mend', 'value'] as const).map((kind): Step => ({ edits: [{ kind, at: 0, to: 0 }], rests: true }))

/** Brings the files of a directory to those of the tree. */
async function save(root: string, tree: GoTree, before: ReadonlyMap<string, string>): Promise<void> {
  const files = tree.files()
  const changed = [...files].filter(([name, text]) => before.get(name) !== text)
  await Promise.all([...before.keys()].filter((name) => !files.has(name)).map((name) => rm(path.join(root, name))))
  await write(root, Object.fromEntries(changed))
}

/** What the sources come to: what their program prints and is, or the complaint as a user is shown it. */
interface Outcome {
  readonly output: string
  /** Of the program, but for what names the build. */
  readonly hash?: string
}

async function byGo(root: string, context: GoKit['context'], flags: readonly string[]): Promise<Outcome> {
  const program = path.join(root, 'by-go')
  const args = ['build', '-p', '1', '-buildvcs=false', `-ldflags=${bareLinkerFlags}`, ...flags, '-o', program, '.']
  try {
    await promisify(execFile)('go', args, { cwd: root, env: { ...(await context.env()), PWD: root } })
  } catch (error) {
    return { output: tidy(String((error as { stderr?: string }).stderr), root) }
  }
  const hash = await hashGoProgram(program)
  return { hash, output: await run({ hash, path: program }) }
}

async function byHotlane({ builder }: GoKit): Promise<Outcome> {
  try {
    const artifact = await builder.build(never)
    return { hash: artifact.hash, output: await run(artifact) }
  } catch (error) {
    return { output: reportError(error).output ?? String(error) }
  }
}

/** One edit and a while of rest, after which packages are compiled without DWARF, and a linker waits. */
async function becomeLean(kit: GoKit, tree: GoTree): Promise<ReadonlyMap<string, string>> {
  const before = tree.files()
  await kit.nextNote('planned')
  const confirmed = kit.nextNote('confirmed')
  const seated = kit.nextNote('linker')
  tree.edit({ kind: 'value', at: 0, to: 7 })
  await save(kit.root, tree, before)
  await kit.builder.build(never)
  await confirmed
  expect(await kit.nextNote('planned')).not.toHaveProperty('missing')
  expect(await seated).not.toHaveProperty('missing')
  // What was built before is a program with DWARF, and stays so where nothing is changed.
  const built = tree.files()
  tree.edit({ kind: 'value', at: 0, to: 8 })
  await save(kit.root, tree, built)
  await kit.builder.build(never)
  return tree.files()
}

async function follow(list: readonly Step[], isLean: boolean): Promise<readonly string[]> {
  const tree = new GoTree(5)
  let before = tree.files()
  const kit = await goKit(Object.fromEntries(before))
  const ways: string[] = []
  await kit.builder.build(never)
  if (isLean) before = await becomeLean(kit, tree)
  const flags = isLean ? ['-gcflags=all=-dwarf=false'] : []
  for (const { edits, rests } of list) {
    for (const each of edits) tree.edit(each)
    await save(kit.root, tree, before)
    before = tree.files()
    const planned = kit.nextNote('planned')
    const seated = kit.nextNote('linker')
    const own = await byHotlane(kit)
    const way = lastWay(kit)
    const expected = await byGo(kit.root, kit.context, flags)
    // Other line numbers alone make another program for go build.
    const isSame = way.startsWith('fast: only comments or formatting changed')
    expect({ way, edits, ...own }).toEqual({ way, edits, ...expected, ...(isSame ? { hash: own.hash } : {}) })
    ways.push(way)
    const isPlanning = way.startsWith('full') && own.hash !== undefined
    if (rests && isPlanning) await planned
    if (rests && isLean && (isPlanning || way.includes('loaded ahead'))) await seated
  }
  return ways
}

describeWithGo('goBuilder, whatever is edited', () => {
  it('makes the program of go build, or shows its complaint', { timeout: 60_000 + steps * 10_000 }, async () => {
    const lists = fc.array(step, { minLength: steps, maxLength: steps })
    const property = fc.asyncProperty(lists, fc.boolean(), async (list, isLean) => {
      const ways = await follow([...list, ...atLast], isLean)
      expect(ways.at(-1)).toMatch(isLean ? /^fast: compiled.*, packages were loaded ahead$/ : /^fast: compiled/)
    })
    await fc.assert(property, { numRuns: 1, endOnFailure: true })
  })
})
