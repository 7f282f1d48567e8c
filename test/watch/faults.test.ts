import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WatchFunction } from '../../src/watch/hint-source.ts'
import { eventlessMounts } from '../../src/watch/mounts.ts'
import { Probe, temporaryDirectory } from './harness.ts'

describe('a watch under bad circumstances', () => {
  let place: ReturnType<typeof temporaryDirectory>
  let root: string
  let probe: Probe | undefined

  const at = (...names: string[]): string => path.join(root, ...names)
  const begin = async (options: ConstructorParameters<typeof Probe>[1] = {}): Promise<Probe> => {
    probe = new Probe(root, options)
    await probe.settled()
    return probe
  }

  beforeEach(() => {
    place = temporaryDirectory()
    root = place.path
    for (let index = 0; index < 10; index++) {
      fs.mkdirSync(at(`d${index}`))
      fs.writeFileSync(at(`d${index}`, 'f.go'), `package d${index}`)
    }
  })
  afterEach(async () => {
    await probe?.[Symbol.asyncDispose]()
    probe = undefined
    place[Symbol.dispose]()
  })

  it('scans the directories for which there are no watches left, and says so once', async () => {
    let left = 4
    const limited: WatchFunction = (directory, options, listener) => {
      if (left-- <= 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
      return fs.watch(directory, options, listener)
    }
    const { degraded } = await begin({ means: { watch: limited } })
    expect(degraded).toHaveLength(1)
    expect(degraded[0]).toContain('file watches')
    for (let index = 0; index < 10; index++) {
      fs.writeFileSync(at(`d${index}`, 'f.go'), 'saved')
      expect(await probe?.nextNames()).toEqual([`changed d${index}/f.go`])
    }
    fs.mkdirSync(at('later'))
    fs.writeFileSync(at('later', 'f.go'), 'package later')
    expect(await probe?.nextNames()).toEqual(['added later/f.go'])
    fs.writeFileSync(at('later', 'f.go'), 'saved')
    expect(await probe?.nextNames()).toEqual(['changed later/f.go'])
    expect(degraded).toHaveLength(1)
  })

  it('compares everything after a flood in which events were lost', async () => {
    let isDeaf = false
    let flood = (): void => undefined
    const lossy: WatchFunction = (directory, options, listener) => {
      if (directory === root)
        flood = () => {
          for (let index = 0; index < 5000; index++) listener('change', 'd0')
        }
      return fs.watch(directory, options, (event, name) => {
        if (!isDeaf) listener(event, name)
      })
    }
    const watching = await begin({ means: { watch: lossy } })
    isDeaf = true
    fs.writeFileSync(at('d3', 'f.go'), 'lost')
    fs.rmSync(at('d4'), { recursive: true })
    flood()
    expect(await watching.nextNames()).toEqual(['changed d3/f.go', 'removed d4/f.go'])
  })

  it('misses nothing where the queue of the system overflows', { timeout: 120_000 }, async () => {
    const watching = await begin({ means: { preferred: 'native' } })
    // Synchronous, so that nobody reads the queue meanwhile: three events for each file, and room for 16,384.
    for (let index = 0; index < 8000; index++) fs.writeFileSync(at('d0', `f${index}`), 'x')
    fs.writeFileSync(at('d9', 'f.go'), 'the last event of all')
    const told = await watching.rest()
    expect(told).toContain('changed d9/f.go')
    expect(new Set(told.filter((line) => line.startsWith('added '))).size).toBe(8000)
  })

  it('turns to scanning where a trial change makes no event', async () => {
    const deaf: WatchFunction = (directory, options) => fs.watch(directory, options)
    const watching = await begin({ spec: { mode: 'auto' }, means: { watch: deaf, patienceMs: 20, stir: () => true } })
    await vi.waitFor(() => expect(watching.degraded).toEqual(['a trial change made no event']))
    fs.writeFileSync(at('d3', 'f.go'), 'saved')
    expect(await watching.nextNames()).toEqual(['changed d3/f.go'])
  })

  it('hears the trial change where events come', { skip: process.platform !== 'linux' }, async () => {
    let heard = 0
    const counting: WatchFunction = (directory, options, listener) =>
      fs.watch(directory, options, (event, name) => {
        heard++
        listener(event, name)
      })
    const watching = await begin({ spec: { mode: 'auto' }, means: { watch: counting, preferred: 'native' } })
    await vi.waitFor(() => expect(heard).toBeGreaterThan(0))
    expect(await watching.rest()).toEqual([])
    expect(watching.degraded).toEqual([])
  })

  it('finds by audit what no event told of, and trusts events no longer after the third time', async () => {
    const deaf: WatchFunction = (directory, options) => fs.watch(directory, options)
    const watching = await begin({ means: { watch: deaf, auditMs: 5, patienceMs: 5 } })
    for (const name of ['d1', 'd5', 'd9']) {
      fs.writeFileSync(at(name, 'f.go'), 'saved without an event')
      expect(await watching.nextNames()).toEqual([`changed ${name}/f.go`])
    }
    await vi.waitFor(() => expect(watching.degraded).toHaveLength(1))
    fs.writeFileSync(at('d2', 'f.go'), 'saved without an event')
    expect(await watching.nextNames()).toEqual(['changed d2/f.go'])
  })

  it(
    'polls where the mount sends no events, and gives the reason',
    { skip: process.platform === 'win32' },
    async () => {
      const eventless = eventlessMounts(`1 0 0:1 / / rw - ext4 x rw\n2 1 0:2 / ${root} rw - virtiofs share rw\n`)
      const watching = await begin({ spec: { mode: 'auto' }, means: { preferred: 'native', eventless } })
      expect(await watching.session.ready).toMatchObject({ mode: 'poll', why: expect.stringContaining('virtiofs') })
      expect(watching.degraded).toEqual([])
      fs.writeFileSync(at('d2', 'f.go'), 'saved')
      expect(await watching.nextNames()).toEqual(['changed d2/f.go'])
    },
  )

  it('never tells the moment between emptying a file and writing it', async () => {
    fs.writeFileSync(at('main.go'), 'package main // 0')
    const watching = await begin({ spec: { settleMs: 100 } })
    for (let round = 1; round <= 5; round++) {
      const descriptor = fs.openSync(at('main.go'), 'w')
      await new Promise((resolve) => setImmediate(resolve))
      fs.writeSync(
        descriptor,
        round % 2 === 1 ? `package main // ${Math.ceil(round / 2)}` : `package main // ${round / 2}`,
      )
      fs.closeSync(descriptor)
      expect(await watching.rest()).toEqual(round % 2 === 1 ? ['changed main.go'] : [])
    }
  })

  it('tells a file that is saved over and over without waiting for the end', async () => {
    const watching = await begin()
    const script = `let n = 0; const save = () => require('fs').writeFileSync(process.argv[1], 'save ' + n++); setInterval(save, 10)`
    const writer = spawn(process.execPath, ['-e', script, at('busy.go')], { stdio: 'ignore' })
    try {
      expect(await watching.nextNames()).toEqual(['added busy.go'])
      expect(await watching.nextNames()).toEqual(['changed busy.go'])
      expect(await watching.nextNames()).toEqual(['changed busy.go'])
    } finally {
      writer.kill()
      await once(writer, 'exit')
    }
  })

  it('reads large files only when they change, and knows their content from then on', async () => {
    const large = Buffer.alloc(3 * 1024 * 1024, 'a')
    fs.writeFileSync(at('large'), large)
    const watching = await begin()
    fs.writeFileSync(at('large'), large)
    expect(await watching.nextNames()).toEqual(['changed large'])
    await vi.waitFor(async () => {
      fs.writeFileSync(at('large'), large)
      expect(await watching.rest()).toEqual([])
    })
    fs.writeFileSync(at('large'), Buffer.alloc(large.length, 'b'))
    expect(await watching.rest()).toEqual(['changed large'])
  })

  it('looks again at everything below a .gitignore that has changed', async () => {
    const ignored = new Set([at('d1')])
    const watching = await begin({
      spec: {
        ignored: (file) => ignored.has(file),
        reread: (file) => {
          if (path.basename(file) !== '.gitignore') return false
          const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
          ignored.clear()
          for (const name of text.split('\n')) ignored.add(at(name))
          return true
        },
      },
    })
    fs.writeFileSync(at('.gitignore'), 'd2')
    expect(await watching.rest()).toEqual(['added .gitignore', 'added d1/f.go'])
    fs.writeFileSync(at('d2', 'f.go'), 'ignored now')
    fs.writeFileSync(at('d1', 'f.go'), 'watched now')
    expect(await watching.rest()).toEqual(['changed d1/f.go'])
    fs.rmSync(at('.gitignore'))
    expect(await watching.rest()).toEqual(['removed .gitignore', 'added d2/f.go'])
  })

  it('refuses a root that does not exist, and ends the iteration with the same error', async () => {
    root = at('missing')
    probe = new Probe(root)
    await expect(probe.session.ready).rejects.toMatchObject({ code: 'HL2001' })
    await expect(probe.next()).rejects.toMatchObject({ code: 'HL2001' })
  })

  it('ends the iteration when it is disposed, also before it was ready', async () => {
    probe = new Probe(root)
    const next = probe.next()
    await probe[Symbol.asyncDispose]()
    await expect(next).rejects.toThrow('the watch has ended')
  })
})
