import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

import { describe, expect, it, onTestFinished } from 'vitest'

import { createGateway } from '../../src/gateway/create.ts'
import type { Check, CompatibilitySettings } from '../../src/model/plan.ts'
import type { ListenAddress } from '../../src/model/service.ts'
import { listenerKey } from '../../src/model/table.ts'
import { checkCompatibility, type CompatibilityContext } from '../../src/rollout/compatibility/check-compatibility.ts'
import { goVersion } from '../support/needs.ts'
import { makeTree } from '../support/tree.ts'

const example = path.resolve(import.meta.dirname, '../../examples/gin-shop')
const never = new AbortController().signal
const replay = { requests: 20, redact: [], ignore: ['/stream', '/slow'] }

/** Why the example cannot be built here. */
const missing = reasonNotToBuild()

function reasonNotToBuild(): string {
  if (goVersion === undefined) return ' (skipped: there is no go on the PATH)'
  const { status } = spawnSync('go', ['mod', 'download', 'github.com/gin-gonic/gin'], { cwd: example })
  return status === 0 ? '' : ' (skipped: Gin cannot be downloaded)'
}

/** The example in a directory of the test's, where a build of each version can be made. */
async function copyShop(): Promise<string> {
  const root = await makeTree()
  await cp(example, root, { recursive: true, filter: (file) => path.basename(file) !== '.hotlane' })
  return root
}

async function edit(root: string, file: string, edits: Readonly<Record<string, string>>): Promise<void> {
  let text = await readFile(path.join(root, file), 'utf8')
  for (const [before, after] of Object.entries(edits)) {
    expect(text).toContain(before)
    text = text.replace(before, after)
  }
  await writeFile(path.join(root, file), text)
}

async function build(root: string, service: 'orders' | 'auth', version: string): Promise<string> {
  const program = path.join(root, `${service}-${version}`)
  await promisify(execFile)('go', ['build', '-o', program, `./cmd/${service}`], { cwd: root })
  return program
}

/** Runs a program of the shop until the test is over; resolves when it listens. */
async function run(program: string, env: Readonly<Record<string, string>> = {}): Promise<ListenAddress> {
  const child = spawn(program, { env: { ...process.env, PORT: '0', ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => end(child))
  for await (const line of createInterface({ input: child.stderr })) {
    const port = /listening on .*:(\d+)$/.exec(line)?.[1]
    if (port !== undefined) return { host: '127.0.0.1', port: Number(port) }
  }
  throw new Error(`${program} ended before it listened`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function contextOf(
  directory: string,
  change: Pick<CompatibilityContext, 'candidate' | 'recorded'> & Partial<CompatibilityContext>,
): Promise<CompatibilityContext> {
  const env = process.env as Record<string, string>
  return { service: 'shop', release: 2, directory, env, processes: await makeTree(), ...change }
}

/** Sends requests to the old release by a gateway that records them. */
async function record(stable: ListenAddress, targets: readonly string[]): Promise<CompatibilityContext['recorded']> {
  await using gateway = createGateway({ tellRelease: false })
  const address = await gateway.open({ host: '127.0.0.1', port: 0 })
  const state = { kind: 'serve', release: 1, targets: [{ id: 'one', ...stable }] } as const
  const entry = {
    service: 'orders',
    listener: listenerKey(address),
    route: { path: '/' },
    lanes: [{ name: 'stable', state }],
    rules: [],
    hold: { maxRequests: 10, maxMs: 30_000 },
    browserReload: false,
    record: replay,
  } as const
  gateway.install({ entries: [entry] })
  for (const target of targets) await (await fetch(`http://127.0.0.1:${address.port}${target}`)).text()
  return gateway.recorded('orders')
}

describe.skipIf(missing !== '')(`a release of the example shop before it gets traffic${missing}`, () => {
  it('is refused where answers have another shape, and not where they have not', async () => {
    const root = await copyShop()
    await edit(root, 'internal/orders/shop.go', {
      'orders: []Order{}': 'orders: []Order{{ID: 1, User: "ann", Item: "tea", Total: 250}}',
      '\tItem string `json:"item"`': '\tItem string `json:"item"`\n\tTotal int `json:"total"`',
    })
    const first = await build(root, 'orders', 'v1')
    await edit(root, 'internal/orders/shop.go', {
      '`json:"id"`': '`json:"id,string"`',
      '`json:"total"`': '`json:"sum"`',
    })
    const second = await build(root, 'orders', 'v2')
    const stable = await run(first)
    const recorded = await record(stable, ['/', '/orders', '/orders/1', '/menu', '/static/style.css', '/orders/7'])
    const settings: CompatibilitySettings = { checks: [], replay, otherwise: 'preview' }
    const told = async (candidate: ListenAddress): Promise<readonly string[]> => {
      const context = await contextOf(root, { candidate, stable, recorded })
      return (await checkCompatibility(settings, context, never)).map(({ verdict, text }) => `${verdict} | ${text}`)
    }
    expect(await told(await run(first))).toEqual(['pass | replay: 5 requests answered alike'])
    expect(await told(await run(second))).toEqual([
      'fail | replay: 2 of 5 requests answered differently',
      'fail | GET /orders: /0/id was a number and is a string; /0/total is missing',
      'fail | GET /orders/1: /id was a number and is a string; /total is missing',
    ])
  })

  it('accepts the tokens of the release before it, and is refused where it does not', async () => {
    const root = await copyShop()
    const first = await build(root, 'auth', 'v1')
    await edit(root, 'cmd/auth/main.go', { '"v1"': '"v2"' })
    const second = await build(root, 'auth', 'v2')
    await edit(root, 'internal/auth/token.go', { 'claim := encoding': 'claim := "v3." + encoding' })
    const third = await build(root, 'auth', 'v3')
    const command = { kind: 'argv', argv: ['go', 'run', './cmd/checktokens'] } as const
    const check: Check = { kind: 'command', name: 'tokens', command, timeoutMs: 120_000 }
    const told = async (candidate: ListenAddress, stable?: ListenAddress) => {
      const pair = { candidate, recorded: [], ...(stable === undefined ? {} : { stable }) }
      return checkCompatibility({ checks: [check], otherwise: 'abort' }, await contextOf(root, pair), never)
    }
    const accepted = "tokens: exit code 0, both releases accept each other's tokens"
    const stable = await run(first)
    const trial = await run(second)
    expect(await told(trial, stable)).toEqual([{ name: 'tokens', verdict: 'pass', text: accepted }])
    expect(await told(trial)).toEqual([{ name: 'tokens', verdict: 'pass', text: accepted }])
    const refused = 'GET /check was answered with 401 Unauthorized'
    expect(await told(await run(third), stable)).toEqual([
      {
        name: 'tokens',
        verdict: 'fail',
        text: `tokens: exit code 1, a token of the new release on the old one: ${refused}`,
      },
    ])
    expect(await told(await run(second, { SHOP_SECRET: 'another' }), stable)).toEqual([
      {
        name: 'tokens',
        verdict: 'fail',
        text: `tokens: exit code 1, a token of the old release on the new one: ${refused}`,
      },
    ])
  })
})
