import { answerCall } from './call.ts'
import { connectionLines } from './connection-lines.ts'
import type { Exchange } from './exchange.ts'

/** An answer that the gateway gives in an app's stead. */
export interface OwnAnswer {
  readonly status: keyof typeof titles
  /** One sentence without the final stop. */
  readonly why: string
  /** More text, shown as it is. */
  readonly detail?: string
  readonly retryAfterSeconds?: number
  /** URL of the reload client, for a page that reloads when the service is served again. */
  readonly client?: string
}

const titles = {
  400: 'Bad Request',
  404: 'Not Found',
  408: 'Request Timeout',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  505: 'HTTP Version Not Supported',
} as const

/** Sends a text, or a small page where there is a reload client to put in it. */
export function answer(exchange: Exchange, own: OwnAnswer): void {
  if (exchange.over || exchange.answered) return
  if (exchange.isCall) return answerCall(exchange, own)
  const page = own.client !== undefined
  const retry = own.retryAfterSeconds === undefined ? '' : `Retry-After: ${own.retryAfterSeconds}\r\n`
  answerWith(exchange, {
    startLine: `${own.status} ${titles[own.status]}`,
    type: `text/${page ? 'html' : 'plain'}; charset=utf-8`,
    lines: retry,
    text: page ? pageOf(own) : textOf(own),
  })
}

export interface OwnText {
  /** Status and reason. */
  readonly startLine: string
  readonly type: string
  /** Further fields, each with its end. */
  readonly lines: string
  readonly text: string
}

/** Sends a text of the gateway's own as the whole answer. */
export function answerWith(exchange: Exchange, { startLine, type, lines, text }: OwnText): void {
  const body = Buffer.from(text)
  exchange.countAnswer(Number(startLine.slice(0, 3)))
  const head =
    `HTTP/1.1 ${startLine}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${lines}` +
    `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n${connectionLines(exchange)}\r\n`
  exchange.send(exchange.method === 'HEAD' ? Buffer.from(head) : Buffer.concat([Buffer.from(head), body]))
  exchange.end()
}

export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' }
  return text.replace(/[&<>"']/g, (character) => `&${names[character] ?? ''};`)
}

function textOf({ status, why, detail }: OwnAnswer): string {
  return `${status} ${titles[status]}: ${why}.\n${detail === undefined ? '' : `\n${detail}\n`}`
}

function pageOf({ status, why, detail, client }: OwnAnswer): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status} ${titles[status]}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 12vh auto; padding: 0 1.5rem }
pre { padding: 1rem; overflow: auto; border-radius: 8px; background: #8882; font: 13px/1.5 ui-monospace, monospace }
p.small { opacity: .7 }
</style>
<h1>${status} ${titles[status]}</h1>
<p>${escapeHtml(why)}.</p>
${detail === undefined ? '' : `<pre>${escapeHtml(detail)}</pre>\n`}<p class="small">This page reloads by itself as soon as the service is served again.</p>
<script src="${escapeHtml(client ?? '')}" async></script>
</html>
`
}
