import { readFile, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ProductionStatus } from '../../src/api/production.ts'
import { type Ran, hotlane } from './support/cli.ts'
import { workspace } from './support/hotlane.ts'
import { accepts, freePort } from './support/processes.ts'

const source = `
import http from 'node:http'
http.createServer((_, response) => response.end('here')).listen(process.env.PORT)
`

interface Site {
  readonly directory: string
  readonly ports: readonly number[]
  readonly run: (...words: readonly string[]) => Promise<Ran>
  /** Settings with these services alone. */
  readonly declare: (names: Readonly<Record<string, number>>) => Promise<void>
}

/** Services without a rollout plan, each at a port of its own. */
async function site(names: readonly string[]): Promise<Site> {
  const made = await workspace({ 'project/server.mjs': source })
  const ports = await Promise.all(names.map(() => freePort()))
  const declare = (services: Readonly<Record<string, number>>): Promise<void> => {
    const lines = Object.entries(services).flatMap(([name, port]) => [
      `  ${name}:`,
      '    build: false',
      '    run: [node, server.mjs]',
      `    listen: 127.0.0.1:${port}`,
      '    rollout: { bake: 0s }',
    ])
    return made.write('project/hotlane.yaml', `services:\n${lines.join('\n')}\n`)
  }
  await declare(Object.fromEntries(names.map((name, index) => [name, ports[index] ?? 0])))
  const directory = made.path('project')
  const run = (...words: readonly string[]): Promise<Ran> => hotlane(words, directory)
  onTestFinished(async () => {
    await run('down', '--yes')
    await made[Symbol.asyncDispose]()
  })
  return { directory, ports, run, declare }
}

async function take(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
}

it('ends where its API may not listen, and leaves no gateway behind', async () => {
  const { directory, ports, run } = await site(['shop'])
  const { code, stderr } = await run('up', '--api', '0.0.0.0:9')
  expect(code).toBe(2)
  expect(stderr).toMatch(/^HL7008/)
  expect(await accepts(`http://127.0.0.1:${ports[0] ?? 0}`)).toBe(false)
  const files = await readdir(path.join(directory, '.hotlane', 'gateway'))
  expect(files.filter((file) => file.endsWith('.json'))).toEqual([])
})

it('serves the others after a restart of the machine where the address of one is taken', async () => {
  const { directory, ports, run } = await site(['shop', 'till'])
  expect((await run('up', '--detach')).code).toBe(0)
  const status = JSON.parse((await run('status', '--json')).stdout) as ProductionStatus
  const instances = status.services.flatMap((service) => service.instances)
  for (const { pid } of [status, ...status.workers, ...instances]) process.kill(pid, 'SIGKILL')
  const [shop, till] = ports.map((port) => `http://127.0.0.1:${port}`)
  while (await accepts(till ?? '')) await new Promise((resolve) => setImmediate(resolve))
  await take(ports[1] ?? 0)
  const again = run('up', '--detach')
  const answer = (): Promise<Response | undefined> => fetch(shop ?? '').catch(() => undefined)
  const statuses = new Set<number>()
  let last = await answer()
  while (last?.status !== 200) {
    if (last !== undefined) statuses.add(last.status)
    last = await answer()
  }
  expect(await last.text()).toBe('here')
  // Whoever came too early was not told that there is nothing.
  expect(statuses).not.toContain(404)
  const log = await readFile(path.join(directory, '.hotlane', 'up.log'), 'utf8')
  expect(log).toMatch(/HL5001 .*is taken/)
  // It still waits for the other one.
  await run('down', '--yes')
  expect((await again).code).not.toBe(0)
})

it('does not put aside the log of one that runs', async () => {
  const { directory, run } = await site(['shop'])
  expect((await run('up', '--detach')).code).toBe(0)
  const again = await run('up', '--detach')
  expect(again.stderr).toMatch(/^HL7002/)
  expect(await readdir(path.join(directory, '.hotlane'))).not.toContain('up.log.1')
})

it('deploys all that is in the settings: what is new in them, too, and what has left them is served as before', async () => {
  const { ports, run, declare } = await site(['shop', 'till'])
  expect((await run('up', '--detach')).code).toBe(0)
  const added = await freePort()
  await declare({ shop: ports[0] ?? 0, desk: added })
  const { code, stderr } = await run('deploy', '--all')
  expect(stderr).toBe('till is not in the settings any more; "hotlane up" serves it as before until "hotlane down"\n')
  expect(code).toBe(0)
  const { services } = JSON.parse((await run('status', '--json')).stdout) as ProductionStatus
  const served = services.map(({ name, serving, url }) => [name, serving, url])
  expect(served).toEqual([
    ['shop', 2, `http://127.0.0.1:${ports[0] ?? 0}/`],
    ['till', 1, `http://127.0.0.1:${ports[1] ?? 0}/`],
    ['desk', 1, `http://127.0.0.1:${added}/`],
  ])
  for (const port of [...ports, added]) expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
})
