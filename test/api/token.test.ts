import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ProductionClient } from '../../src/api/production-client.ts'
import { serveApiAt } from '../../src/api/serve.ts'
import { ensureToken, readToken } from '../../src/api/token.ts'
import { FakeProduction } from '../support/fake-production.ts'

async function scratch(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'hotlane-token-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return path.join(directory, 'api-token')
}

describe('the token file', () => {
  it('is made once, for this user only', async () => {
    const file = await scratch()
    const [one, two] = await Promise.all([ensureToken(file), ensureToken(file)])
    expect(one).toMatch(/^[0-9a-f]{64}$/)
    expect(two).toBe(one)
    expect(await readFile(file, 'utf8')).toBe(`${one}\n`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it.each(['', 'short', `${'a'.repeat(40)} ${'b'.repeat(40)}`])('is refused with %j', async (text) => {
    const file = await scratch()
    await writeFile(file, text)
    await expect(readToken(file)).rejects.toMatchObject({ code: 'HL7009' })
    await expect(ensureToken(file)).rejects.toMatchObject({ code: 'HL7009' })
  })
})

describe('the API at an address', () => {
  it('answers who bears the token, and nobody else', async () => {
    const token = await ensureToken(await scratch())
    const fake = new FakeProduction()
    await using api = await serveApiAt({ host: '127.0.0.1', port: 0, token }, { mode: 'production', control: fake })
    const at = (bearer: string): ProductionClient => new ProductionClient({ url: new URL(api.url), token: bearer })
    expect(await at(token).production()).toEqual(await fake.production())
    await expect(at(`${token}0`).pause('orders')).rejects.toMatchObject({ report: { code: 'HL7006' } })
    for (const authorization of [undefined, '', 'Bearer', `Basic ${token}`, `Bearer ${token.slice(1)}`]) {
      const answer = await fetch(`${api.url}/v1/services/orders/pause`, {
        method: 'POST',
        headers: authorization === undefined ? {} : { authorization },
      })
      expect(answer.status).toBe(401)
    }
    expect(fake.asked).toEqual([])
  })

  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.com', '127.0.0.1.example.com'])('is refused at %s', async (host) => {
    const session = { mode: 'production', control: new FakeProduction() } as const
    await expect(serveApiAt({ host, port: 0, token: 'x' }, session)).rejects.toMatchObject({ code: 'HL7008' })
  })

  it('says that it does not answer any more', async () => {
    const api = await serveApiAt(
      { host: '127.0.0.1', port: 0, token: 'x' },
      { mode: 'production', control: new FakeProduction() },
    )
    await api[Symbol.asyncDispose]()
    const client = new ProductionClient({ url: new URL(api.url), token: 'x' })
    await expect(client.production()).rejects.toMatchObject({ code: 'HL7007' })
  })
})
