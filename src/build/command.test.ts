import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BuildKit, buildKit, never } from '../../test/support/build-kit.ts'
import { makeTree } from '../../test/support/tree.ts'
import type { Command } from '../model/service.ts'
import { listProcesses } from '../support/group/processes.ts'
import type { Builder } from './builder.ts'
import { commandBuilder } from './command.ts'

interface Bench extends BuildKit {
  readonly root: string
  readonly builder: Builder
  readonly build: () => ReturnType<Builder['build']>
}

async function bench(command: Command | string, output?: string): Promise<Bench> {
  const root = await makeTree()
  const kit = buildKit(root, { COLOUR: 'blue' })
  const line = typeof command === 'string' ? ({ kind: 'shell', line: command } as const) : command
  const build = {
    kind: 'command',
    command: line,
    ...(output === undefined ? {} : { output: path.join(root, output) }),
  } as const
  const builder = commandBuilder({ name: 'shop', directory: root, build }, kit.context)
  return { ...kit, root, builder, build: () => builder.build(never) }
}

const sources = async (root: string, content: string) => writeFile(path.join(root, 'source'), content)

describe('commandBuilder', () => {
  it('copies the output under the name of its content, to be run', async () => {
    const { root, build, context } = await bench('cp source out', 'out')
    await sources(root, '#!/bin/sh\necho one\n')
    const one = await build()
    expect(path.dirname(one.path ?? '')).toBe(context.artifacts)
    expect(((await stat(one.path ?? '')).mode & 0o777).toString(8)).toBe('755')
    await sources(root, 'two')
    const two = await build()
    expect(await readFile(one.path ?? '', 'utf8')).toBe('#!/bin/sh\necho one\n')
    await sources(root, '#!/bin/sh\necho one\n')
    expect(await build()).toEqual(one)
    expect((await readdir(context.artifacts)).sort()).toEqual(
      [one, two].map((each) => path.basename(each.path ?? '')).sort(),
    )
  })

  it('keeps the extension of the output', async () => {
    const { root, build } = await bench('cp source app.jar', 'app.jar')
    await sources(root, 'one')
    expect(path.extname((await build()).path ?? '')).toBe('.jar')
  })

  it('runs a script where it is, and names it by all that lies beside it', async () => {
    const { root, build } = await bench(
      'mkdir -p dist && cp source dist/part.js && echo 1 >dist/main.js',
      'dist/main.js',
    )
    await sources(root, 'one')
    const one = await build()
    expect(one.path).toBe(path.join(root, 'dist/main.js'))
    expect(await build()).toEqual(one)
    await sources(root, 'two')
    expect((await build()).hash).not.toBe(one.hash)
  })

  it('takes every build of a script for new where it lies among the sources', async () => {
    const { build } = await bench('echo 1 >main.js', 'main.js')
    expect((await build()).hash).not.toBe((await build()).hash)
  })

  it('names a directory by what is in it', async () => {
    const { root, build } = await bench('cp source out/deep', 'out')
    await mkdir(path.join(root, 'out'))
    await sources(root, 'one')
    const one = await build()
    expect(one).toEqual({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    expect(await build()).toEqual(one)
    await sources(root, 'two')
    expect((await build()).hash).not.toBe(one.hash)
  })

  it('takes every build without a declared output for new', async () => {
    const { build } = await bench({ kind: 'argv', argv: ['true'] })
    expect((await build()).hash).not.toBe((await build()).hash)
  })

  it('gives the environment and the directory, and tells lines as they come', async () => {
    const { build, lines, root } = await bench('echo "$COLOUR" && pwd && echo c >&2')
    await build()
    expect(lines.toSorted()).toEqual([root, 'blue', 'c'].toSorted())
  })

  it('says when the output is missing', async () => {
    const { build, root } = await bench('true', 'out')
    const message = `the build of shop succeeded but left no file at ${path.join(root, 'out')}`
    await expect(build()).rejects.toMatchObject({ code: 'HL3003', message })
  })

  it('tells what failed, with position', async () => {
    const { build, root } = await bench("echo 'src/a.ts(3,5): error TS2322: no' && exit 2")
    await expect(build()).rejects.toMatchObject({
      code: 'HL3001',
      output: 'src/a.ts(3,5): error TS2322: no',
      position: { file: path.join(root, 'src/a.ts'), line: 3, column: 5 },
    })
  })

  it('tells how a silent command ended', async () => {
    const silent = await bench('exit 3')
    await expect(silent.build()).rejects.toMatchObject({ output: 'it ended with exit code 3 and no output' })
    const killed = await bench('kill -9 $$')
    await expect(killed.build()).rejects.toMatchObject({ output: 'it ended with SIGKILL and no output' })
  })

  it.each([
    ['argv', { kind: 'argv', argv: ['no-such-tool', 'x'] } as const],
    ['shell', 'no-such-tool x'],
  ])('names the program that was not found: %s', async (_, command) => {
    const { build } = await bench(command)
    await expect(build()).rejects.toMatchObject({
      code: 'HL3002',
      message: 'the build command of shop was not found: no-such-tool',
    })
  })

  it('says when the system refuses to run it, and when the directory is missing', async () => {
    const root = await makeTree({ tool: 'not executable' })
    const refused = await bench({ kind: 'argv', argv: [path.join(root, 'tool')] })
    await expect(refused.build()).rejects.toMatchObject({
      code: 'HL3001',
      output: `${root}/tool cannot be run: EACCES`,
    })
    const lost = await bench({ kind: 'argv', argv: ['true'], directory: path.join(root, 'none') })
    await expect(lost.build()).rejects.toMatchObject({ code: 'HL1005' })
  })

  it('bounds what it keeps of a long output', async () => {
    const { build, lines } = await bench('seq 1 100000; exit 1')
    const error: unknown = await build().catch((error: unknown) => error)
    expect(lines.length).toBe(100_000)
    const output = String((error as { output?: string }).output).split('\n')
    expect([output[0], output.at(-1)]).toEqual(['1', '100000'])
    expect(output.length).toBeLessThan(2000)
  })

  it('leaves no process of an aborted build, not even one that ignores SIGTERM', async () => {
    const { builder, told, lines } = await bench('trap "" TERM; sleep 3600 & echo $$ && wait')
    const controller = new AbortController()
    const building = builder.build(controller.signal).catch((error: unknown) => error)
    await told('')
    controller.abort(new Error('newer'))
    expect(await building).toMatchObject({ message: 'newer' })
    expect((await listProcesses()).filter((row) => row.group === Number(lines[0]) && !row.dead)).toEqual([])
  })

  it('does not wait for what a build leaves behind on purpose', async () => {
    const { build, lines } = await bench('sleep 3600 & echo $!')
    await build()
    // Fails where there is no such process any more.
    expect(process.kill(Number(lines[0]), 'SIGKILL')).toBe(true)
  })
})
