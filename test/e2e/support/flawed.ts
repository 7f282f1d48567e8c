import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What a flawed server does with a request: `lose` it, execute it and `reset` or `cut` or `hang` the answer, and so on. */
export type Flaw = 'none' | 'lose' | 'refuse' | 'reset' | 'cut' | 'hang' | 'twice'

export interface Flawed extends AsyncDisposable {
  readonly url: string
  /** Ids that were executed, as its own ledger tells at `/__ledger`. */
  readonly executed: readonly string[]
}

/** A server that fails in exactly the ways that it is told, by the number at the end of each request's id. */
export async function flawed(flawOf: (n: number) => Flaw, header = 'x-hotlane-verify-id'): Promise<Flawed> {
  const executed: string[] = []
  const server = createServer((request, response) => {
    if (request.url === '/__ledger') return response.end(JSON.stringify(executed))
    const id = String(request.headers[header])
    const flaw = flawOf(Number(id.split('-').at(-1)))
    if (flaw !== 'lose' && flaw !== 'refuse') executed.push(id)
    if (flaw === 'twice') executed.push(id)
    switch (flaw) {
      case 'none':
      case 'twice':
        return response.end('done')
      case 'lose':
      case 'reset':
        return (request.socket as Socket & { resetAndDestroy: () => void }).resetAndDestroy()
      case 'refuse':
        return response.writeHead(503).end()
      case 'cut':
        response.writeHead(200, { 'content-length': 10 })
        return response.write('half', () => request.socket.end())
      case 'hang':
        return undefined
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    executed,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
