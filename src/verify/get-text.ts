import { once } from 'node:events'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'

/**
 * The body of an answer to GET, as UTF-8. A certificate is not looked at, as by the load itself: a development server signs its own.
 * Redirects are not followed. @throws Error for a status other than 200 to 299, and whatever the connection throws
 */
export async function getText(url: string, signal: AbortSignal): Promise<string> {
  const request = url.startsWith('https:')
    ? https.get(url, { rejectUnauthorized: false, agent: false, signal })
    : http.get(url, { agent: false, signal })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  const { statusCode = 0 } = answer
  if (statusCode < 200 || statusCode > 299) {
    request.destroy()
    throw new Error(`status ${statusCode}`)
  }
  const parts: Buffer[] = []
  for await (const part of answer as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString()
}
