import { Agent, request } from 'node:http'

export interface PostLoss {
  readonly kind: string
  readonly atMs: number
  /** It was sent on a connection that had carried others. */
  readonly reused: boolean
}

/**
 * POSTs one after the other, on kept connections and on new ones, until stopped. Nothing is ever repeated, so whatever is not
 * answered with 200 and the body that was sent is a loss.
 */
export class PostLoad {
  readonly losses: PostLoss[] = []
  sent = 0
  #stopping = false
  readonly #clients: readonly Promise<void>[]
  readonly #url: string

  constructor(url: string, { kept, fresh }: { readonly kept: number; readonly fresh: number }) {
    this.#url = url
    this.#clients = Array.from({ length: kept + fresh }, (_, index) => this.#client(index < kept))
  }

  /** Resolves when so many more requests have been sent. */
  async further(count: number): Promise<void> {
    const until = this.sent + count
    while (this.sent < until) await new Promise((resolve) => setImmediate(resolve))
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#clients)
  }

  async #client(keepAlive: boolean): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 })
    while (!this.#stopping) await this.#post(agent, `request ${++this.sent}`)
    agent.destroy()
  }

  #post(agent: Agent, body: string): Promise<void> {
    const atMs = performance.now()
    return new Promise((resolve) => {
      const lose = (kind: string): void => {
        this.losses.push({ kind, atMs, reused: sending.reusedSocket })
        resolve()
      }
      const sending = request(this.#url, { agent, method: 'POST' }, (response) => {
        let text = ''
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => (text += chunk))
          .on('error', ({ message }) => lose(`answer cut: ${message}`))
          .on('end', () => {
            if (response.statusCode === 200 && text === body) resolve()
            else lose(`status ${response.statusCode}: ${text}`)
          })
      })
      sending.on('error', (error: NodeJS.ErrnoException) => lose(error.code ?? error.message))
      sending.end(body)
    })
  }
}
