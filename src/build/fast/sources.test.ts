import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { readSources, type SourceScope, type SourceState } from './sources.ts'

type Edit = (root: string) => Promise<unknown>

const longAgo = new Date(2020, 1, 1)

/** Written so long ago, as far as its time of modification tells, that it counts as settled. */
async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
  await utimes(file, longAgo, longAgo)
}

const names = ['a/a.go', 'a/b.go', 'a/go.mod', 'a/notes.txt', 'a/a_test.go', 'b/a.go', 'b/page.html', 'c/a.go']

const edits = fc.oneof(
  fc.record({ name: fc.constantFrom(...names), text: fc.constantFrom('package a', 'package b') }).map(
    ({ name, text }): Edit =>
      (root) =>
        write(path.join(root, name), text),
  ),
  fc.constantFrom(...names).map(
    (name): Edit =>
      (root) =>
        rm(path.join(root, name), { force: true }),
  ),
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)).map(
    ([from, to]): Edit =>
      (root) =>
        rename(path.join(root, from), path.join(root, to)).catch(() => undefined),
  ),
  fc.constant<Edit>((root) => rm(path.join(root, 'c'), { recursive: true, force: true })),
)

/** What files there are, and what is in them. */
function contentOf({ packages, settings }: SourceState) {
  const hashes = (marks: ReadonlyMap<string, { readonly hash: string }>) =>
    Object.fromEntries(Array.from(marks, ([name, { hash }]) => [name, hash]))
  return [Object.fromEntries(Array.from(packages, ([name, marks]) => [name, hashes(marks)])), hashes(settings)]
}

it('finds the same, whatever is known of the files from before', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'hotlane-sources-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const scope: SourceScope = {
    packages: ['a', 'b', 'c'].map((name) => ({
      importPath: name,
      directory: path.join(root, name),
      embedPatterns: name === 'b' ? ['*.html'] : [],
    })),
    settings: [path.join(root, 'go.work')],
  }
  let known: SourceState | undefined
  await fc.assert(
    fc.asyncProperty(fc.array(edits, { maxLength: 3 }), async (some) => {
      for (const each of some) await each(root)
      known = await readSources(scope, known)
      expect(contentOf(known)).toEqual(contentOf(await readSources(scope)))
    }),
  )
})
