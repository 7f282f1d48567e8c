import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface Asking {
  readonly method: 'GET' | 'HEAD'
  /** Path and query exactly as they are sent; those of the URL where absent. */
  readonly target?: string
  /** Lower-case names; `host` where it is not that of the address. */
  readonly headers: Readonly<Record<string, string>>
  /** From here until the last byte of the answer. */
  readonly timeoutMs: number
}

export interface Answer {
  readonly status: number
  /** Media type without parameters, lower case (RFC 9110 section 8.3.1); empty where none is told. */
  readonly type: string
  readonly body: Buffer
  /** All of the body is there; what is beyond the bound was not read. */
  readonly whole: boolean
}

/** Bodies are read up to here. */
const bodyLimit = 2 * 1024 * 1024

/**
 * Asks over a connection of its own and reads the answer, in bounded time and memory. Redirects are not followed. Rejects with
 * an Error that says why there is no answer, or with the signal's reason.
 */
export function ask(url: URL, { method, target, headers, timeoutMs }: Asking, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    const path = target === undefined ? {} : { path: target }
    const asked = request(url, { method, ...path, headers: { 'user-agent': 'hotlane', ...headers }, agent: false })
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      asked.destroy()
      settle()
    }
    const fail = (error: Error): void => end(() => reject(error))
    const abort = (): void => fail(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    const timer = setTimeout(() => fail(new Error(`no whole answer within ${timeoutMs} ms`)), timeoutMs)
    // By hand: a signal that is given to `request` keeps its listener until it is aborted.
    signal.addEventListener('abort', abort)
    asked.on('error', fail)
    asked.once('response', (response) => {
      const parts: Buffer[] = []
      let length = 0
      const answer = (whole: boolean): void => {
        const { statusCode = 0, headers: fields } = response
        const body = Buffer.concat(parts)
        const type = (fields['content-type'] ?? '').split(';', 1)[0] ?? ''
        end(() => resolve({ status: statusCode, type: type.trim().toLowerCase(), body, whole }))
      }
      response.on('data', (part: Buffer) => {
        length += part.length
        if (length > bodyLimit) answer(false)
        else parts.push(part)
      })
      response.once('end', () => answer(true))
      response.once('error', fail)
    })
    if (signal.aborted) abort()
    else asked.end()
  })
}
