import type { Exchange } from './exchange.ts'

/** An answer that the gateway gives in an app's stead. */
export interface OwnAnswer {
  readonly status: 400 | 404 | 501 | 502 | 503
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
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
} as const

/** Sends a text, or a small page where there is a reload client to put in it. */
export function answer(exchange: Exchange, own: OwnAnswer): void {
  const { response } = exchange
  if (exchange.over || response.headersSent) return
  const page = own.client !== undefined
  const text = page ? pageOf(own) : textOf(own)
  exchange.countAnswer(own.status)
  response.writeHead(own.status, {
    'Content-Type': `text/${page ? 'html' : 'plain'}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(own.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(own.retryAfterSeconds) }),
  })
  response.end(text)
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
