import { mkdir } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import zlib from 'node:zlib'

import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import type { LaneState } from '../model/table.ts'
import { listenerKey } from '../model/table.ts'
import type { ErrorReport } from '../support/errors.ts'
import { chromiumAbsent, chromiumArgs, chromiumPath } from '../../test/support/chromium.ts'
import { createGateway } from './create.ts'
import type { Gateway } from './gateway.ts'

const report: ErrorReport = {
  code: 'HL3001',
  blame: 'user',
  message: 'the build of shop failed',
  did: 'The running release keeps serving; nothing was switched.',
  remedy: 'Mend the code; the next save builds again.',
  position: { file: 'handlers/orders.go', line: 42, column: 17 },
  output:
    '# example.test/shop/handlers\n\u001b[31mhandlers/orders.go:42:17\u001b[0m: undefined: totl\n' +
    'handlers/orders.go:51:2: cannot use <img src=x onerror="window.pwned = 1"> as Price\n\tvalue in return statement',
}

describe.skipIf(chromiumAbsent !== '')(`a real browser${chromiumAbsent}`, () => {
  let browser: Browser
  let gateway: Gateway
  let origin: Server
  let page: Page
  let url: string
  let loads: number
  let answer: { text: string; fields: Record<string, string>; code: (body: Buffer) => Buffer }

  const lane = (release: number): LaneState => {
    const { port } = origin.address() as AddressInfo
    return { kind: 'serve', release, targets: [{ id: `r${release}`, host: '127.0.0.1', port }] }
  }
  const install = (state: LaneState): void => {
    const listener = listenerKey({ host: '127.0.0.1', port: Number(new URL(url).port) })
    const hold = { maxRequests: 10, maxMs: 30_000 }
    gateway.install({
      entries: [
        {
          service: 'shop',
          listener,
          route: { path: '/' },
          lanes: [{ name: 'stable', state }],
          rules: [],
          hold,
          browserReload: true,
        },
      ],
    })
  }
  /** Waits for the page's stream: an error that is shown and taken back is seen by the page only over it. */
  const connected = async (): Promise<void> => {
    gateway.showError('shop', report)
    await page.locator('hotlane-overlay').waitFor({ state: 'attached' })
    gateway.showError('shop', undefined)
    await page.locator('hotlane-overlay').waitFor({ state: 'detached' })
  }
  const showsText = (text: string): Promise<unknown> => page.getByText(text).waitFor()

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumArgs] })
  })
  afterAll(() => browser.close())

  beforeEach(async () => {
    loads = 0
    answer = { text: '<!doctype html><p>release 1', fields: {}, code: (body) => body }
    origin = createServer((request, response) => {
      if (request.url !== '/') return void response.writeHead(204).end()
      loads++
      response.writeHead(200, { 'Content-Type': 'text/html', ...answer.fields })
      response.end(answer.code(Buffer.from(answer.text)))
    }).listen(0, '127.0.0.1')
    await once(origin, 'listening')
    gateway = createGateway({ tellRelease: true })
    const { port } = await gateway.open({ host: '127.0.0.1', port: 0 })
    url = `http://127.0.0.1:${port}/`
    install(lane(1))
    page = await browser.newPage()
  })
  afterEach(async () => {
    await page.close()
    await gateway.close(0)
    origin.close()
    origin.closeAllConnections()
  })

  test('a page reloads exactly once for each switch', async () => {
    await page.goto(url)
    for (let release = 2; release < 6; release++) {
      await connected()
      answer.text = `<!doctype html><p>release ${release}`
      install(lane(release))
      expect(gateway.reloadPages('shop')).toBe(1)
      await showsText(`release ${release}`)
    }
    // Any further reload would come before this round trip on the new stream.
    await connected()
    expect(loads).toBe(5)
  })

  const codings: Readonly<Record<string, (body: Buffer) => Buffer>> = {
    gzip: (body) => zlib.gzipSync(body),
    br: (body) => zlib.brotliCompressSync(body),
    deflate: (body) => zlib.deflateSync(body),
    // One raw block in a frame (RFC 8878 section 3.1.1).
    zstd: (body) => {
      const block = (body.length << 3) | 1
      const head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, body.length, block & 0xff, (block >> 8) & 0xff, (block >> 16) & 0xff]
      return Buffer.concat([Buffer.from(head), body])
    },
  }
  test.each(Object.keys(codings))('a page in %s reloads', async (name) => {
    answer = { ...answer, fields: { 'Content-Encoding': name }, code: codings[name] ?? answer.code }
    await page.goto(url)
    await showsText('release 1')
    await connected()
    answer.text = '<!doctype html><p>release 2'
    install(lane(2))
    gateway.reloadPages('shop')
    await showsText('release 2')
    expect(loads).toBe(2)
  })

  test('a page with a strict policy reloads, and shows the overlay with its style', async () => {
    const policy = "default-src 'none'; script-src 'nonce-cjRuZDBt' 'strict-dynamic'; connect-src 'self'"
    answer.fields = { 'Content-Security-Policy': policy }
    await page.goto(url)
    gateway.showError('shop', report)
    await page.locator('hotlane-overlay .card').waitFor()
    const style = "getComputedStyle(document.querySelector('hotlane-overlay').shadowRoot.querySelector('.back'))"
    expect(await page.evaluate(`${style}.position`)).toBe('fixed')
    gateway.showError('shop', undefined)
    await page.locator('hotlane-overlay').waitFor({ state: 'detached' })
  })

  test('the overlay shows the text of an error as text, on later pages too, until it is mended; Esc closes it', async () => {
    await page.goto(url)
    gateway.showError('shop', report)
    const overlay = page.locator('hotlane-overlay')
    await overlay.locator('.card').waitFor()
    const text = await overlay.locator('.card').innerText()
    for (const part of [report.message, 'handlers/orders.go:42:17', report.did, report.remedy, 'shop'])
      expect(text).toContain(part)
    expect(await overlay.locator('.output').textContent()).toBe(
      report.output?.replace('\u001b[31m', '').replace('\u001b[0m', ''),
    )
    expect(await overlay.locator('img').count()).toBe(0)
    expect(await page.evaluate('window.pwned')).toBeUndefined()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await shoot(page, `overlay-${colorScheme}`)
    }
    await page.keyboard.press('Escape')
    await overlay.waitFor({ state: 'detached' })
    await page.reload()
    await overlay.locator('.card').waitFor()
    gateway.showError('shop', undefined)
    await overlay.waitFor({ state: 'detached' })
  })

  test('a browser that shows its stored page after 304 does not reload for ever', async () => {
    answer.fields = { ETag: '"same"' }
    const plain = origin.listeners('request')[0] as (...args: unknown[]) => void
    origin.removeAllListeners('request')
    origin.on('request', (request, response) => {
      if (request.headers['if-none-match'] !== '"same"') return plain(request, response)
      loads++
      response.writeHead(304, answer.fields).end()
    })
    await page.goto(url)
    await connected()
    install(lane(2))
    const reloaded = page.waitForEvent('load')
    gateway.reloadPages('shop')
    await reloaded
    await connected()
    expect(loads).toBe(2)
  })

  test('the page that says why a service is not served turns into the service', async () => {
    install({ kind: 'refuse', why: 'the first build failed', detail: report.output ?? '' })
    await page.goto(url)
    await showsText('the first build failed')
    await connected()
    install(lane(2))
    await showsText('release 1')
    await connected()
    expect(loads).toBe(1)
  })
})

/** Pictures for people to look at, where a directory for them is named. */
async function shoot(page: Page, name: string): Promise<void> {
  const directory = process.env['HOTLANE_SCREENSHOTS']
  if (directory === undefined) return
  await mkdir(directory, { recursive: true })
  await page.screenshot({ path: path.join(directory, `${name}.png`) })
}
