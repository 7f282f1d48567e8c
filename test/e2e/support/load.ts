import { Agent, request } from 'node:http'

export interface Loss {
  readonly kind: string
  readonly atMs: number
}

export interface LoadResult {
  readonly sent: number
  readonly losses: readonly Loss[]
  /** Answers in the order of their requests' starts, by connection. */
  readonly versionsByConnection: readonly (readonly string[])[]
}

/**
 * Closed-loop clients on keep-alive connections, and one that opens a new connection for each request, until stopped.
 * A loss is whatever is not a 200: refused, reset, cut, another status.
 */
export class Load {
  readonly #url: string
  readonly #losses: Loss[] = []
  readonly #versions: string[][] = []
  readonly #clients: Promise<void>[] = []
  readonly #intervalMs: number
  #sent = 0
  #stopping = false

  constructor(url: string, options: { readonly connections: number; readonly perSecond: number }) {
    this.#url = url
    this.#intervalMs = (1000 * (options.connections + 1)) / options.perSecond
    for (let index = 0; index < options.connections; index++) this.#clients.push(this.#client(true))
    this.#clients.push(this.#client(false))
  }

  async stop(): Promise<LoadResult> {
    this.#stopping = true
    await Promise.all(this.#clients)
    return { sent: this.#sent, losses: this.#losses, versionsByConnection: this.#versions }
  }

  async #client(keepAlive: boolean): Promise<void> {
    const agent = new Agent({ keepAlive, maxSockets: 1 })
    const versions: string[] = []
    this.#versions.push(versions)
    while (!this.#stopping) {
      const began = performance.now()
      this.#sent++
      try {
        versions.push(await this.#get(agent))
      } catch (error) {
        this.#losses.push({ kind: error instanceof Error ? error.message : String(error), atMs: began })
      }
      const rest = began + this.#intervalMs - performance.now()
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)))
    }
    agent.destroy()
  }

  #get(agent: Agent): Promise<string> {
    return new Promise((resolve, reject) => {
      request(this.#url, { agent }, (response) => {
        let body = ''
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => {
            body += chunk
          })
          .on('error', reject)
          .on('end', () => {
            if (response.statusCode === 200) resolve(body.trim())
            else reject(new Error(`status ${response.statusCode ?? 0}: ${body.slice(0, 200)}`))
          })
      })
        .on('error', reject)
        .end()
    })
  }
}

/** The places at which a connection saw an older version after a newer one; versions are `v1`, `v2`, …. */
export function steppedBack(versions: readonly string[]): readonly string[] {
  const numbers = versions.map((version) => Number(version.replace(/^v/, '')))
  return numbers.flatMap((number, index) =>
    index > 0 && number < (numbers[index - 1] ?? 0) ? [`v${numbers[index - 1] ?? 0} -> v${number}`] : [],
  )
}
