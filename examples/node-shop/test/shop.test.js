import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { check, sign } from '../auth/token.js'

/** Starts a service on a free port and resolves with its address when it listens. */
async function start(t, file, env = {}) {
  const child = spawn(process.execPath, [new URL(`../${file}`, import.meta.url).pathname], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  t.after(async () => {
    child.kill('SIGKILL')
    await exited
  })
  let text = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += chunk
    const port = /listening on (\d+)\n/.exec(text)?.[1]
    if (port !== undefined) return { child, exited, url: `http://127.0.0.1:${port}` }
  }
  throw new Error(`${file} ended: ${text}`)
}

const post = (url, body, token = '') =>
  fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { authorization: `Bearer ${token}` } })

test('a token is only accepted unchanged and in time', () => {
  const token = sign('secret', 'ann.lee', 100)
  assert.equal(check('secret', token, 99), 'ann.lee')
  for (const bad of ['', 'a.b', `x${token}`, token.slice(0, -2), `${token}.x`]) {
    assert.equal(check('secret', bad, 99), undefined)
  }
  assert.equal(check('secret', token, 100), undefined)
  assert.equal(check('other', token, 99), undefined)
})

test('whoever has logged in can order', async (t) => {
  const auth = await start(t, 'auth/main.js')
  const orders = await start(t, 'orders/main.js', { AUTH_URL: auth.url })
  const { token } = await (await post(`${auth.url}/login`, { user: 'ann' })).json()
  const made = { id: 1, user: 'ann', item: '<tea>' }
  assert.equal((await post(`${orders.url}/orders`, { item: 'tea' }, 'nonsense')).status, 401)
  assert.equal((await post(`${orders.url}/orders`, {}, token)).status, 400)
  assert.deepEqual(await (await post(`${orders.url}/orders`, { item: '<tea>' }, token)).json(), made)
  assert.deepEqual(await (await fetch(`${orders.url}/orders/1`)).json(), made)
  assert.equal((await fetch(`${orders.url}/orders/2`)).status, 404)
  const page = await (await fetch(orders.url)).text()
  assert.match(page, /<small>v1<\/small>/)
  assert.match(page, /&#60;tea&#62; for ann/)
  assert.equal((await fetch(`${orders.url}/static/style.css`)).status, 200)
})

test('orders says so when auth cannot be asked', async (t) => {
  const orders = await start(t, 'orders/main.js', { AUTH_URL: 'http://127.0.0.1:1' })
  assert.equal((await post(`${orders.url}/orders`, { item: 'tea' }, 'x')).status, 502)
})

test('the ledger has every id that was executed', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'shop-'))
  t.after(() => rm(directory, { recursive: true }))
  const orders = await start(t, 'orders/main.js', { LEDGER: path.join(directory, 'ledger') })
  const send = (id) => fetch(`${orders.url}/upload`, { method: 'POST', body: '12345', headers: { 'x-hotlane-verify-id': id } })
  assert.deepEqual(await (await send('run-1')).json(), { bytes: 5 })
  await send('run-2')
  assert.equal(await (await fetch(`${orders.url}/__ledger`)).text(), 'run-1\nrun-2\n')
})

test('SIGTERM ends streams and lets a request in flight finish', async (t) => {
  const orders = await start(t, 'orders/main.js')
  const stream = await fetch(`${orders.url}/stream`)
  const slow = fetch(`${orders.url}/slow?ms=200`)
  // The answer to a request sent later than the slow one tells that the slow one has arrived.
  await (await fetch(`${orders.url}/health`)).text()
  orders.child.kill('SIGTERM')
  assert.match(await stream.text(), /^event: version\ndata: "v1"/)
  assert.equal((await slow).status, 200)
  assert.deepEqual(await orders.exited, [0, null])
})
