import * as grpc from '@grpc/grpc-js'

import type { Stage } from '../conformance/gateway/stage.ts'

const text = {
  serialize: (value: string): Buffer => Buffer.from(value),
  deserialize: (bytes: Buffer): string => bytes.toString(),
}

function method(name: string, requestStream: boolean, responseStream: boolean) {
  return {
    path: `/hotlane.test.Echo/${name}`,
    requestStream,
    responseStream,
    requestSerialize: text.serialize,
    requestDeserialize: text.deserialize,
    responseSerialize: text.serialize,
    responseDeserialize: text.deserialize,
  }
}

/** A service whose messages are texts, so that no description of them is needed. */
export const methods = {
  unary: method('Unary', false, false),
  list: method('List', false, true),
  collect: method('Collect', true, false),
  chat: method('Chat', true, true),
} as const

export interface EchoServer {
  readonly port: number
  readonly server: grpc.Server
  /** Unary calls that were executed, by their text. */
  readonly executed: string[]
}

/** A server that names itself in every answer. */
export async function echoServer(stage: Pick<Stage, 'defer'>, name: string): Promise<EchoServer> {
  const executed: string[] = []
  const server = new grpc.Server()
  server.addService(methods, {
    unary: (call: grpc.ServerUnaryCall<string, string>, done: grpc.sendUnaryData<string>) => {
      executed.push(call.request)
      if (call.request === 'never') return
      if (call.request === 'fail') {
        const metadata = new grpc.Metadata()
        metadata.set('why-bin', Buffer.from([0, 255]))
        done({ code: grpc.status.FAILED_PRECONDITION, details: 'not today: 100 % é', metadata })
        return
      }
      const head = new grpc.Metadata()
      head.set('x-seen', String(call.metadata.get('x-asked')))
      call.sendMetadata(head)
      const tail = new grpc.Metadata()
      tail.set('x-tail', name)
      done(null, `${name}:${call.request}`, tail)
    },
    list: (call: grpc.ServerWritableStream<string, string>) => {
      const count = Number(call.request)
      let index = 0
      const more = (): void => {
        while (index < count)
          if (!call.write(`${name}:${index++}:${'x'.repeat(1000)}`)) return void call.once('drain', more)
        call.end()
      }
      more()
    },
    collect: (call: grpc.ServerReadableStream<string, string>, done: grpc.sendUnaryData<string>) => {
      let count = 0
      call.on('data', () => count++)
      call.on('end', () => done(null, `${name}:${count}`))
    },
    chat: (call: grpc.ServerDuplexStream<string, string>) => {
      call.on('data', (message: string) => call.write(`${name}:${message}`))
      call.on('end', () => call.end())
      call.on('error', () => undefined)
    },
  })
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  )
  stage.defer(() => server.forceShutdown())
  return { port, server, executed }
}

type Echo = grpc.Client & {
  readonly unary: (
    text: string,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    done: grpc.requestCallback<string>,
  ) => grpc.ClientUnaryCall
  readonly list: (text: string) => grpc.ClientReadableStream<string>
  readonly collect: (done: grpc.requestCallback<string>) => grpc.ClientWritableStream<string>
  readonly chat: () => grpc.ClientDuplexStream<string, string>
}

const EchoClient = grpc.makeGenericClientConstructor(methods, 'hotlane.test.Echo')

export function echoClient(stage: Pick<Stage, 'address' | 'defer'>, ca?: Buffer): Echo {
  const credentials = ca === undefined ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(ca)
  const client = new EchoClient(`${stage.address.host}:${stage.address.port}`, credentials, {
    'grpc.service_config': '{}',
    'grpc.enable_retries': 0,
  })
  stage.defer(() => client.close())
  return client as unknown as Echo
}

export interface Outcome {
  readonly code: number
  readonly details: string
  readonly text: string | undefined
  readonly head: grpc.Metadata | undefined
  readonly trailer: grpc.Metadata
}

/** One unary call, in whatever way it ends. */
export function callUnary(client: Echo, asked: string, options: grpc.CallOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    let text: string | undefined
    let head: grpc.Metadata | undefined
    const metadata = new grpc.Metadata()
    metadata.set('x-asked', 'me')
    const call = client.unary(asked, metadata, options, (_error, value) => (text = value))
    call.on('metadata', (got: grpc.Metadata) => (head = got))
    call.on('status', ({ code, details, metadata: trailer }) => resolve({ code, details, text, head, trailer }))
  })
}
