import type { IncomingMessage } from 'node:http'

/** Whether a browser will show the answer as a page (Fetch Metadata; by `Accept` where a browser does not send it). */
export function isNavigation({ headers }: IncomingMessage): boolean {
  const destination = headers['sec-fetch-dest']
  if (typeof destination === 'string') return ['document', 'iframe', 'frame'].includes(destination)
  return /\btext\/html\b/i.test(headers.accept ?? '')
}
