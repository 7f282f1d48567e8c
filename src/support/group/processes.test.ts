import { describe, expect, it } from 'vitest'

import { findProcess, isAlive, listProcesses, startTimeOf } from './processes.ts'
import { parseStat } from './procfs.ts'
import { parsePs, processesFromPs } from './ps.ts'

describe('the process table', () => {
  it.skipIf(process.platform === 'win32')('holds this process and its parent', async () => {
    const rows = await listProcesses()
    expect(rows).toContainEqual(expect.objectContaining({ pid: process.pid, parent: process.ppid, dead: false }))
    expect(await findProcess(process.pid)).toEqual(rows.find((row) => row.pid === process.pid))
    expect(await startTimeOf(process.pid)).toBe(await startTimeOf(process.pid))
    expect(await startTimeOf(process.ppid)).not.toBeUndefined()
    expect(isAlive(process.pid)).toBe(true)
    expect(isAlive(2 ** 30)).toBe(false)
  })

  it.skipIf(process.platform === 'win32')('is told alike by ps', async () => {
    const here = await findProcess(process.pid)
    const row = (await processesFromPs()).find((each) => each.pid === process.pid)
    expect(row).toMatchObject({ pid: process.pid, parent: process.ppid, group: here?.group, dead: false })
    expect(row?.began).toBeGreaterThan(0)
  })
})

describe('parseStat', () => {
  it('is not misled by a name with spaces and parentheses', () => {
    const rest = '1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 1000 10 18446744073709551615'
    expect(parseStat(`42 (a) Z 7 (b c) S ${rest}`)).toEqual({ pid: 42, parent: 1, group: 42, began: 777, dead: false })
    expect(parseStat(`42 (defunct) Z ${rest}`)?.dead).toBe(true)
    expect(parseStat('')).toBeUndefined()
  })
})

describe('parsePs', () => {
  it('reads the columns of macOS and Linux', () => {
    const text =
      '  501     1   501 Ss   Mon Jan  5 10:11:12 2026    \n  502   501   501 Z+   Tue Jan  6 10:11:12 2026\n'
    expect(parsePs(text)).toEqual([
      { pid: 501, parent: 1, group: 501, began: Date.parse('2026-01-05T10:11:12'), dead: false },
      { pid: 502, parent: 501, group: 501, began: Date.parse('2026-01-06T10:11:12'), dead: true },
    ])
  })
})
