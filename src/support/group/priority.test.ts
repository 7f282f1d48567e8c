import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { describe, expect, it } from 'vitest'
import { lowerPriority } from './priority.ts'
import { spawnGroup } from './spawn.ts'

const env = process.env as Record<string, string>

describe('lowerPriority', () => {
  it('lowers a process', async () => {
    const group = await spawnGroup([process.execPath, '-e', 'setInterval(() => {}, 1000)'], { directory: '.', env })
    await lowerPriority(group.pid, 10)
    expect(getPriority(group.pid)).toBe(10)
    await group.end('SIGKILL', 0)
    await expect(lowerPriority(group.pid, 10)).resolves.toBeUndefined()
  })

  // Others than root may set one value of the whole system in a tenth of a second, so another test can be in the way.
  const cannot = !existsSync('/proc/self/autogroup') || process.getuid?.() !== 0
  it.skipIf(cannot)('lowers its session where sessions share processors', async () => {
    const group = await spawnGroup([process.execPath, '-e', 'setInterval(() => {}, 1000)'], { directory: '.', env })
    await lowerPriority(group.pid, 10)
    expect(await readFile(`/proc/${group.pid}/autogroup`, 'utf8')).toMatch(/nice 10$/m)
    await group.end('SIGKILL', 0)
  })
})
