import type { Gateway, GatewayOptions } from './gateway.ts'
import { HttpGateway } from './http-gateway.ts'

/** A gateway on `node:http`. It listens nowhere and has an empty table. */
export function createGateway(options: GatewayOptions): Gateway {
  return new HttpGateway(options)
}
