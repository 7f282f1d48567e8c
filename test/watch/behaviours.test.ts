import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { modes, Probe, temporaryDirectory, type ModeName } from './harness.ts'

describe.each(Object.keys(modes) as ModeName[])('watching by mode %s', (mode) => {
  let place: ReturnType<typeof temporaryDirectory>
  let root: string
  let outside: string
  let probe: Probe

  const at = (...names: string[]): string => path.join(root, ...names)
  const begin = async (options: ConstructorParameters<typeof Probe>[1] = {}): Promise<void> => {
    probe = new Probe(root, { mode, ...options })
    await probe.settled()
  }

  beforeEach(() => {
    place = temporaryDirectory()
    root = path.join(place.path, 'project')
    outside = path.join(place.path, 'outside')
    fs.mkdirSync(at('dir', 'sub'), { recursive: true })
    fs.mkdirSync(path.join(outside, 'full', 'deep'), { recursive: true })
    fs.writeFileSync(at('main.go'), 'package main')
    fs.writeFileSync(at('dir', 'a.go'), 'package dir // a')
    fs.writeFileSync(at('dir', 'sub', 'b.go'), 'package sub // b')
    fs.writeFileSync(path.join(outside, 'full', 'x.go'), 'package full')
    fs.writeFileSync(path.join(outside, 'full', 'deep', 'y.go'), 'package deep')
  })
  afterEach(async () => {
    await probe[Symbol.asyncDispose]()
    place[Symbol.dispose]()
  })

  it('tells an added, an edited and a removed file', async () => {
    await begin()
    fs.writeFileSync(at('new.go'), 'package main')
    expect(await probe.nextNames()).toEqual(['added new.go'])
    fs.writeFileSync(at('new.go'), 'package main // edited')
    expect(await probe.nextNames()).toEqual(['changed new.go'])
    fs.writeFileSync(at('dir', 'sub', 'b.go'), 'package sub // c')
    expect(await probe.nextNames()).toEqual(['changed dir/sub/b.go'])
    fs.rmSync(at('new.go'))
    expect(await probe.nextNames()).toEqual(['removed new.go'])
    expect(await probe.rest()).toEqual([])
  })

  it('tells every save of an editor that writes a temporary file and renames it', async () => {
    await begin()
    for (const text of ['one', 'two', 'three', 'four']) {
      fs.writeFileSync(at('main.go~'), text)
      fs.renameSync(at('main.go~'), at('main.go'))
      expect(await probe.nextNames()).toEqual(['changed main.go'])
    }
    expect(await probe.rest()).toEqual([])
  })

  it('tells every save of an editor that moves the old file away first', async () => {
    await begin({ spec: { ignored: (file) => file.includes('___jb_') } })
    for (const text of ['one', 'two', 'three']) {
      fs.writeFileSync(at('main.go___jb_tmp___'), text)
      fs.renameSync(at('main.go'), at('main.go___jb_old___'))
      fs.renameSync(at('main.go___jb_tmp___'), at('main.go'))
      fs.rmSync(at('main.go___jb_old___'))
      expect(await probe.nextNames()).toEqual(['changed main.go'])
    }
    expect(await probe.rest()).toEqual([])
  })

  it('tells a renamed file', async () => {
    await begin()
    fs.renameSync(at('main.go'), at('other.go'))
    expect(await probe.nextNames()).toEqual(['removed main.go', 'added other.go'])
    expect(await probe.rest()).toEqual([])
  })

  it('tells a renamed directory, and what is saved in it afterwards', async () => {
    await begin()
    fs.renameSync(at('dir'), at('moved'))
    const expected = ['removed dir/a.go', 'removed dir/sub/b.go', 'added moved/a.go', 'added moved/sub/b.go']
    expect(await probe.rest()).toEqual(expected)
    fs.writeFileSync(at('moved', 'sub', 'b.go'), 'saved')
    expect(await probe.nextNames()).toEqual(['changed moved/sub/b.go'])
    fs.mkdirSync(at('dir'))
    fs.writeFileSync(at('dir', 'a.go'), 'again')
    expect(await probe.rest()).toEqual(['added dir/a.go'])
  })

  it('tells the files of a directory that is moved in, and that is moved out again', async () => {
    await begin()
    fs.renameSync(path.join(outside, 'full'), at('full'))
    expect(await probe.nextNames()).toEqual(['added full/deep/y.go', 'added full/x.go'])
    fs.writeFileSync(at('full', 'deep', 'y.go'), 'saved')
    expect(await probe.nextNames()).toEqual(['changed full/deep/y.go'])
    fs.renameSync(at('full'), path.join(outside, 'full'))
    expect(await probe.nextNames()).toEqual(['removed full/deep/y.go', 'removed full/x.go'])
    fs.writeFileSync(path.join(outside, 'full', 'x.go'), 'not ours any more')
    expect(await probe.rest()).toEqual([])
  })

  it('tells the files of a directory that is copied in', async () => {
    await begin()
    fs.cpSync(path.join(outside, 'full'), at('copy'), { recursive: true })
    expect(await probe.rest()).toEqual(['added copy/deep/y.go', 'added copy/x.go'])
  })

  it('tells a file that becomes a directory, and back', async () => {
    await begin()
    fs.rmSync(at('main.go'))
    fs.mkdirSync(at('main.go'))
    fs.writeFileSync(at('main.go', 'inner.go'), 'package inner')
    expect(await probe.rest()).toEqual(['removed main.go', 'added main.go/inner.go'])
    fs.rmSync(at('main.go'), { recursive: true })
    fs.writeFileSync(at('main.go'), 'package main')
    expect(await probe.rest()).toEqual(['added main.go', 'removed main.go/inner.go'])
  })

  it('tells a file in directories that were made together with it, each time', async () => {
    await begin()
    for (let round = 0; round < 10; round++) {
      execFileSync('/bin/sh', ['-c', `mkdir -p n${round}/b/c && echo x > n${round}/b/c/f`], { cwd: root })
      expect(await probe.nextNames()).toEqual([`added n${round}/b/c/f`])
    }
  })

  it('tells a tree that is deleted, and one that is made anew in its place', async () => {
    await begin()
    fs.rmSync(at('dir'), { recursive: true })
    expect(await probe.rest()).toEqual(['removed dir/a.go', 'removed dir/sub/b.go'])
    fs.mkdirSync(at('dir', 'sub'), { recursive: true })
    fs.writeFileSync(at('dir', 'sub', 'b.go'), 'new')
    expect(await probe.rest()).toEqual(['added dir/sub/b.go'])
    fs.writeFileSync(at('dir', 'sub', 'b.go'), 'newer')
    expect(await probe.nextNames()).toEqual(['changed dir/sub/b.go'])
  })

  it('tells nothing where a tree is deleted and restored in one go, and goes on watching it', async () => {
    await begin()
    for (let round = 0; round < 3; round++) {
      fs.rmSync(at('dir'), { recursive: true })
      fs.mkdirSync(at('dir', 'sub'), { recursive: true })
      fs.writeFileSync(at('dir', 'a.go'), 'package dir // a')
      fs.writeFileSync(at('dir', 'sub', 'b.go'), round === 0 ? 'package sub // b' : `package sub // ${round - 1}`)
      expect(await probe.rest()).toEqual([])
      fs.writeFileSync(at('dir', 'sub', 'b.go'), `package sub // ${round}`)
      expect(await probe.nextNames()).toEqual(['changed dir/sub/b.go'])
    }
  })

  it('tells nothing of chmod, touch and a save without a change', async () => {
    await begin()
    fs.chmodSync(at('main.go'), 0o600)
    fs.chmodSync(at('dir'), 0o700)
    fs.utimesSync(at('main.go'), new Date(), new Date(1_000_000_000_000))
    fs.writeFileSync(at('dir', 'a.go'), 'package dir // a')
    fs.writeFileSync(at('copy'), 'package sub // b')
    fs.renameSync(at('copy'), at('dir', 'sub', 'b.go'))
    expect(await probe.rest()).toEqual([])
    fs.chmodSync(at('main.go'), 0o644)
    fs.writeFileSync(at('main.go'), 'package changed')
    expect(await probe.nextNames()).toEqual(['changed main.go'])
    expect(await probe.rest()).toEqual([])
  })

  it('tells nothing of a save without a change after a burst', async () => {
    await begin()
    for (let index = 0; index < 300; index++) fs.writeFileSync(at('dir', `f${index}`), `content ${index}`)
    expect(await probe.rest()).toHaveLength(300)
    for (let index = 0; index < 300; index++) fs.writeFileSync(at('dir', `f${index}`), `content ${index}`)
    expect(await probe.rest()).toEqual([])
  })

  it('tells nothing of a file that came and went', async () => {
    await begin()
    fs.writeFileSync(at('passing'), 'x')
    fs.rmSync(at('passing'))
    expect(await probe.rest()).toEqual([])
  })

  it('tells a file that stays empty, and one that was emptied', async () => {
    await begin()
    fs.writeFileSync(at('empty'), '')
    fs.writeFileSync(at('main.go'), '')
    expect(await probe.rest()).toEqual(['added empty', 'changed main.go'])
    expect(await probe.rest()).toEqual([])
  })

  it('tells the last of many saves of the same size', async () => {
    await begin()
    const contents = new Set<string>()
    for (let index = 0; index < 40; index++) {
      fs.writeFileSync(at('main.go'), `package ${String(index).padStart(4)}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const files of await probe.untilBeacon()) contents.add(probe.describe(files).join())
    expect([...contents]).toEqual(['changed main.go'])
    fs.writeFileSync(at('main.go'), `package ${String(39).padStart(4)}`)
    expect(await probe.rest()).toEqual([])
  })

  it('tells a save that comes while an earlier one is delivered', async () => {
    await begin()
    fs.writeFileSync(at('main.go'), 'first')
    const { files } = await probe.next()
    fs.writeFileSync(at('main.go'), 'second')
    expect(probe.describe(files)).toEqual(['changed main.go'])
    expect(await probe.nextNames()).toEqual(['changed main.go'])
  })

  it('tells all of 10,000 new files', { timeout: 120_000 }, async () => {
    await begin()
    for (let index = 0; index < 100; index++) {
      fs.mkdirSync(at(`d${index}`))
      for (let file = 0; file < 100; file++) fs.writeFileSync(at(`d${index}`, `f${file}`), 'x')
    }
    const told = await probe.rest()
    // What was written while it was looked at is told as added, and then as changed.
    expect(new Set(told.filter((line) => line.startsWith('added '))).size).toBe(10_000)
    expect(told.filter((line) => line.startsWith('removed '))).toEqual([])
    expect(await probe.rest()).toEqual([])
  })

  it('watches a root that is a link, also after the link was set to another directory', async () => {
    const target = root
    const other = path.join(outside, 'full')
    root = path.join(place.path, 'current')
    fs.symlinkSync(target, root)
    await begin()
    fs.writeFileSync(path.join(target, 'main.go'), 'through the other name')
    expect(await probe.nextNames()).toEqual(['changed main.go'])
    fs.symlinkSync(other, `${root}.new`)
    fs.renameSync(`${root}.new`, root)
    const told: string[] = []
    while (!told.includes('added x.go')) told.push(...(await probe.nextNames()))
    expect(told).toContain('removed main.go')
    fs.writeFileSync(path.join(other, 'deep', 'y.go'), 'saved')
    expect(await probe.nextNames()).toEqual(['changed deep/y.go'])
  })

  it('finds a root again that was deleted and made anew', async () => {
    await begin()
    fs.rmSync(root, { recursive: true })
    expect(await probe.nextNames()).toEqual(['removed dir/a.go', 'removed dir/sub/b.go', 'removed main.go'])
    fs.mkdirSync(at('dir'), { recursive: true })
    fs.writeFileSync(at('dir', 'a.go'), 'born again')
    const told: string[] = []
    while (!told.includes('added dir/a.go')) told.push(...(await probe.nextNames()))
    fs.writeFileSync(at('dir', 'a.go'), 'and saved')
    expect(await probe.nextNames()).toEqual(['changed dir/a.go'])
  })

  it('follows links to directories, if asked to, and does not run in circles', async () => {
    fs.symlinkSync(path.join(outside, 'full'), at('link'))
    fs.symlinkSync(root, at('dir', 'circle'))
    fs.symlinkSync('..', path.join(outside, 'full', 'up'))
    await begin({ spec: { followLinks: true } })
    fs.writeFileSync(path.join(outside, 'full', 'deep', 'y.go'), 'saved')
    expect(await probe.nextNames()).toContain('changed link/deep/y.go')
    fs.writeFileSync(at('main.go'), 'saved')
    const told = await probe.rest()
    expect(told.filter((line) => line.endsWith('main.go'))).toEqual(['changed main.go'])
  })

  it('tells a change behind a link to a file, if asked to follow links', async () => {
    fs.symlinkSync(path.join(outside, 'full', 'x.go'), at('x.go'))
    await begin({ spec: { followLinks: true } })
    fs.writeFileSync(path.join(outside, 'full', 'x.go'), 'saved')
    expect(await probe.nextNames()).toEqual(['changed x.go'])
  })

  it('takes a link for what it points to as a name, if not asked to follow links', async () => {
    fs.symlinkSync('dir', at('link'))
    await begin()
    fs.writeFileSync(at('dir', 'a.go'), 'saved')
    expect(await probe.nextNames()).toEqual(['changed dir/a.go'])
    fs.rmSync(at('link'))
    fs.symlinkSync('elsewhere', at('link'))
    expect(await probe.nextNames()).toEqual(['changed link'])
  })

  it('watches single files that are ignored, outside, or not there yet', async () => {
    const settings = path.join(outside, 'later', 'settings.env')
    await begin({
      spec: {
        files: [at('.env'), at('dir', 'local.env'), settings],
        ignored: (file) => file.endsWith('.env') || file === at('dir'),
      },
    })
    fs.writeFileSync(at('.env'), 'A=1')
    expect(await probe.nextNames()).toEqual(['added .env'])
    fs.writeFileSync(at('dir', 'local.env'), 'A=1')
    expect(await probe.nextNames()).toEqual(['added dir/local.env'])
    fs.writeFileSync(at('dir', 'a.go'), 'ignored')
    fs.mkdirSync(path.dirname(settings))
    fs.writeFileSync(settings, 'A=1')
    expect(await probe.nextNames()).toEqual(['added ../outside/later/settings.env'])
    fs.writeFileSync(settings, 'A=2')
    expect(await probe.nextNames()).toEqual(['changed ../outside/later/settings.env'])
    expect(await probe.rest()).toEqual([])
  })
})
