import type { Gateway, GatewayOptions } from './gateway.ts'
import { PlaneGateway } from './plane-gateway.ts'

/** A gateway on `node:net`. It listens nowhere and has an empty table. */
export function createGateway(options: GatewayOptions): Gateway {
  return new PlaneGateway(options)
}
