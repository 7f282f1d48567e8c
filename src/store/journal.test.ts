import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GrowingFile, type JournalFiles, journalFiles } from './journal-file.ts'
import { type JournalOptions, openJournal } from './journal.ts'
import { encodeLine } from './journal-lines.ts'

let directory = ''
let file = ''
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'hotlane-journal-'))
  file = path.join(directory, 'journal')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const options: JournalOptions = {
  compactBeyondBytes: 1_000_000,
  compact: (records) => records.map((record) => ({ ...record })),
}
const entry = (kind: string) => ({ at: 1, service: 'shop', kind })

function write(kinds: readonly string[], more: Partial<JournalOptions> = {}): void {
  const { journal } = openJournal(file, { ...options, ...more })
  for (const kind of kinds) journal.append(entry(kind))
  journal.close()
}

function kindsIn(more: Partial<JournalOptions> = {}): readonly string[] {
  const { journal, records } = openJournal(file, { ...options, ...more })
  journal.close()
  return records.map(({ kind }) => kind)
}

/** The real files, with a fault when it is time for one. */
function faulty(
  fault: (what: 'append' | 'sync' | 'cut' | 'replace', file: GrowingFile, bytes: Buffer) => void,
): JournalFiles {
  return {
    ...journalFiles,
    open: (name) => {
      const real = journalFiles.open(name)
      return {
        ...real,
        append: (bytes) => {
          fault('append', real, bytes)
          real.append(bytes)
        },
        sync: () => {
          fault('sync', real, Buffer.alloc(0))
          real.sync()
        },
        cutTo: (length) => {
          fault('cut', real, Buffer.alloc(0))
          real.cutTo(length)
        },
      }
    },
  }
}

const full = (): never => {
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
}

describe('a journal', () => {
  it('has what was written, in order, and is for the user alone', async () => {
    write(['a', 'b'])
    write(['c'])
    expect(kindsIn()).toEqual(['a', 'b', 'c'])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readFile(file, 'utf8')).split('\n')[0]).toContain('"schema":1')
  })

  it('gives back whatever can be written', () => {
    const { journal } = openJournal(file, options)
    const written = fc.sample(
      fc.record({ at: fc.nat(), service: fc.string(), kind: fc.string(), more: fc.jsonValue() }),
      50,
    )
    const records = written.map((content) => JSON.parse(JSON.stringify(journal.append(content))) as unknown)
    journal.close()
    expect(openJournal(file, options).records).toEqual(records)
  })

  it('cuts a last record off wherever its write was cut, and goes on', async () => {
    write(['a', 'b', 'c'])
    const whole = await readFile(file)
    const before = whole.lastIndexOf(10, whole.length - 2) + 1
    for (let length = before; length < whole.length; length++) {
      await writeFile(file, whole.subarray(0, length))
      const { journal, records, cutBytes } = openJournal(file, options)
      expect(records.map(({ kind }) => kind)).toEqual(['a', 'b'])
      expect(cutBytes).toBe(length - before)
      journal.append(entry('d'))
      journal.close()
      expect(kindsIn()).toEqual(['a', 'b', 'd'])
    }
  })

  it('cuts off zeros that a loss of power has left', async () => {
    write(['a'])
    await appendFile(file, Buffer.alloc(100))
    expect(kindsIn()).toEqual(['a'])
  })

  it('begins anew where not even its header was whole', async () => {
    await writeFile(file, encodeLine({ journal: 'hotlane', schema: 1 }).slice(0, 10))
    expect(kindsIn()).toEqual([])
    write(['a'])
    expect(kindsIn()).toEqual(['a'])
  })

  it('names the line in the middle that is not what was written, and leaves the file alone', async () => {
    write(['a', 'b', 'c'])
    const text = await readFile(file, 'utf8')
    await fc.assert(
      fc.asyncProperty(fc.nat(text.lastIndexOf('\n', text.length - 2)), async (at) => {
        const wrong = text[at] === 'x' ? 'y' : 'x'
        const spoilt = text.slice(0, at) + wrong + text.slice(at + 1)
        await writeFile(file, spoilt)
        const line = text.slice(0, at).split('\n').length
        // Without its line break a line goes on into the next one.
        expect(() => openJournal(file, options)).toThrow(expect.objectContaining({ code: 'HL6110' }))
        expect(() => openJournal(file, options)).toThrow(`line ${line} `)
        expect(await readFile(file, 'utf8')).toBe(spoilt)
      }),
    )
  })

  it('sees that a record is missing', async () => {
    write(['a', 'b', 'c'])
    const lines = (await readFile(file, 'utf8')).split('\n')
    await writeFile(file, [...lines.slice(0, 2), ...lines.slice(3)].join('\n'))
    expect(() => openJournal(file, options)).toThrow(expect.objectContaining({ code: 'HL6110' }))
  })
})

describe('a write that fails', () => {
  it.each([1, 20])('after %d bytes is an error, and leaves nothing behind', async (bytes) => {
    let isFull = false
    const files = faulty((what, real, content) => {
      if (!isFull || what !== 'append') return
      real.append(content.subarray(0, bytes))
      full()
    })
    const { journal } = openJournal(file, { ...options, files })
    journal.append(entry('a'))
    const before = await readFile(file)
    isFull = true
    expect(() => journal.append(entry('b'))).toThrow(expect.objectContaining({ code: 'HL6112' }))
    expect(await readFile(file)).toEqual(before)
    isFull = false
    expect(journal.append(entry('c')).seq).toBe(2)
    expect(kindsIn()).toEqual(['a', 'c'])
  })

  it('is an error where it did not reach the disk', () => {
    let isBroken = false
    const files = faulty((what) => {
      if (isBroken && what === 'sync') throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
    })
    const { journal } = openJournal(file, { ...options, files })
    isBroken = true
    expect(() => journal.append(entry('a'))).toThrow('EIO')
    isBroken = false
    journal.append(entry('b'))
    expect(kindsIn()).toEqual(['b'])
  })

  it('is cut off later where that is not possible at once, and before anything else is written', async () => {
    let faults = 0
    const files = faulty((what, real, content) => {
      if (faults === 0) return
      faults--
      if (what === 'append') real.append(content.subarray(0, 15))
      full()
    })
    const { journal } = openJournal(file, { ...options, files })
    journal.append(entry('a'))
    const { length } = await readFile(file)
    faults = 2
    expect(() => journal.append(entry('b'))).toThrow(expect.objectContaining({ code: 'HL6112' }))
    expect((await readFile(file)).length).toBe(length + 15)
    journal.append(entry('c'))
    expect(kindsIn()).toEqual(['a', 'c'])
  })

  it.skipIf(process.platform !== 'linux')('by a disk that is full in truth is told as such', () => {
    const files: JournalFiles = { ...journalFiles, read: () => Buffer.alloc(0) }
    expect(() => openJournal('/dev/full', { ...options, files })).toThrow(expect.objectContaining({ code: 'HL6112' }))
  })

  it('in a directory that is not there is told', () => {
    expect(() => openJournal(path.join(directory, 'none', 'journal'), options)).toThrow(
      expect.objectContaining({ code: 'HL6112' }),
    )
  })
})

describe('a journal of another schema', () => {
  const migrations = {
    1: (record: { readonly kind: string }) => ({ ...record, kind: `${record.kind} 2` }) as never,
    2: (record: { readonly kind: string }) => ({ ...record, kind: `${record.kind} 3` }) as never,
  }

  it('is refused if it is newer', () => {
    write(['a'], { schema: 2 })
    expect(() => openJournal(file, options)).toThrow(expect.objectContaining({ code: 'HL6111' }))
  })

  it('is migrated step by step if it is older, once', () => {
    write(['a', 'b'])
    expect(kindsIn({ schema: 3, migrations })).toEqual(['a 2 3', 'b 2 3'])
    expect(kindsIn({ schema: 3 })).toEqual(['a 2 3', 'b 2 3'])
  })

  it('is left alone where it cannot be written anew', async () => {
    write(['a'])
    const before = await readFile(file)
    const files = faulty((what) => (what === 'append' ? full() : undefined))
    expect(() => openJournal(file, { ...options, schema: 3, migrations, files })).toThrow(
      expect.objectContaining({ code: 'HL6112' }),
    )
    expect(await readFile(file)).toEqual(before)
  })

  it('is refused where nobody knows how to migrate it', () => {
    write(['a'])
    expect(() => openJournal(file, { ...options, schema: 3, migrations: { 1: migrations[1] } })).toThrow(
      expect.objectContaining({ code: 'HL6110' }),
    )
  })
})

describe('compaction', () => {
  const compact = () => [entry('snapshot')]

  it('happens when the file has grown beyond its size, and numbers go on', () => {
    write(['a', 'b', 'c'])
    const opened = openJournal(file, { compactBeyondBytes: 100, compact })
    expect(opened.records.map(({ seq, kind }) => [seq, kind])).toEqual([[4, 'snapshot']])
    opened.journal.append(entry('d'))
    opened.journal.close()
    expect(kindsIn()).toEqual(['snapshot', 'd'])
  })

  it.each(['append', 'replace'] as const)('is left out where its %s fails', async (when) => {
    write(['a', 'b', 'c'])
    const files: JournalFiles = {
      ...faulty((what) => (what === when ? full() : undefined)),
      replace: (from, to) => (when === 'replace' ? full() : journalFiles.replace(from, to)),
    }
    const { journal, records } = openJournal(file, { compactBeyondBytes: 100, compact, files })
    journal.close()
    expect(records).toHaveLength(3)
    await expect(stat(`${file}.new`)).rejects.toThrow('ENOENT')
  })

  it('that was cut off by a crash changes nothing', async () => {
    write(['a'])
    await writeFile(`${file}.new`, 'half')
    expect(kindsIn()).toEqual(['a'])
    expect(openJournal(file, { compactBeyondBytes: 10, compact }).records).toMatchObject([{ kind: 'snapshot' }])
  })

  it('of a torn file drops what was torn', async () => {
    write(['a', 'b'])
    await truncate(file, (await stat(file)).size - 3)
    const { records, cutBytes, journal } = openJournal(file, { compactBeyondBytes: 10, compact })
    journal.close()
    expect(cutBytes).toBeGreaterThan(0)
    expect(records).toMatchObject([{ kind: 'snapshot', seq: 2 }])
  })
})
