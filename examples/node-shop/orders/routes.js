import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { readJson, send } from '../shared/server.js'

const maxSlowMs = 60_000

const escape = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** Asks the auth service; undefined where it does not know the token. */
async function userOf(authUrl, authorization) {
  const answer = await fetch(`${authUrl}/check`, { headers: { authorization }, signal: AbortSignal.timeout(5000) })
  if (answer.status === 401) return undefined
  if (!answer.ok) throw new Error(`auth answered ${answer.status}`)
  return (await answer.json()).user
}

/**
 * The page, /orders, /stream, /slow and /upload. Orders are kept in memory: every instance has its own, and begins with none.
 * `stopping` ends the streams when it is aborted.
 */
export function ordersRoutes({ version, authUrl, stopping }) {
  const orders = []
  const news = new EventEmitter().setMaxListeners(0)

  async function page(_, response) {
    const template = await readFile(new URL('public/index.html', import.meta.url), 'utf8')
    const items = orders.map(({ item, user }) => `<li>${escape(item)} for ${escape(user)}</li>`).join('')
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(template.replace('{version}', version).replace('{orders}', () => items || '<li>No orders yet</li>'))
  }

  async function style(_, response) {
    response.writeHead(200, { 'content-type': 'text/css' })
    response.end(await readFile(new URL('public/style.css', import.meta.url)))
  }

  function show(_, response, url) {
    const order = orders[Number(url.pathname.split('/').at(-1)) - 1]
    if (order === undefined) return send(response, 404, { error: 'there is no such order' })
    send(response, 200, order)
  }

  async function order(request, response) {
    const body = await readJson(request)
    if (typeof body?.item !== 'string' || body.item === '') return send(response, 400, { error: 'item is missing' })
    let user
    try {
      user = await userOf(authUrl, request.headers.authorization ?? '')
    } catch (error) {
      return send(response, 502, { error: `auth cannot be asked: ${error.message}` })
    }
    if (user === undefined) return send(response, 401, { error: 'please log in' })
    const made = { id: orders.length + 1, user, item: body.item }
    orders.push(made)
    news.emit('order', made)
    send(response, 201, made)
  }

  /** Server-sent events: the version at first and every second, and every new order. */
  async function stream(_, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
    const tell = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    const tellOrder = (made) => tell('order', made)
    const stop = () => response.end()
    tell('version', version)
    const timer = setInterval(() => tell('version', version), 1000)
    news.on('order', tellOrder)
    stopping.addEventListener('abort', stop)
    await once(response, 'close')
    clearInterval(timer)
    news.off('order', tellOrder)
    stopping.removeEventListener('abort', stop)
  }

  /** Answers after ?ms= milliseconds, as a request that is in flight for long. */
  async function slow(_, response, url) {
    const ms = Number(url.searchParams.get('ms') ?? 1000)
    if (!Number.isInteger(ms) || ms < 0 || ms > maxSlowMs) {
      return send(response, 400, { error: `ms must be a number from 0 to ${maxSlowMs}` })
    }
    await pause(ms)
    send(response, 200, { waitedMs: ms })
  }

  /** Tells how many bytes it was sent. */
  async function upload(request, response) {
    let bytes = 0
    for await (const chunk of request) bytes += chunk.length
    send(response, 200, { bytes })
  }

  return {
    'GET /': page,
    'GET /static/style.css': style,
    'GET /orders': (_, response) => send(response, 200, orders),
    'GET /orders/:id': show,
    'POST /orders': order,
    'GET /stream': stream,
    'GET /slow': slow,
    'POST /upload': upload,
  }
}
