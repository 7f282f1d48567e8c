import { isIP } from 'node:net'
import * as v from 'valibot'
import { flag, positiveDuration, mapping, share, text, wholeNumber } from './schema-values.ts'

const networkForm = 'an address or a network such as 10.0.0.0/8'
const network = v.pipe(v.string(networkForm), v.check(isNetwork, networkForm))
const connections = wholeNumber('a number of connections, at least 1', 1)

/** The gateway of `hotlane up`. */
export const gateway = mapping({
  workers: v.optional(wholeNumber('a number of processes, at least 1', 1)),
  tellRelease: v.optional(flag),
  trustedProxies: v.optional(v.array(network, 'a list of addresses and networks')),
  maxConnections: v.optional(connections),
  maxConnectionsPerAddress: v.optional(connections),
  accessLog: v.optional(
    v.union([text, mapping({ file: text, sample: v.optional(share) })], 'a file, or a mapping with file and sample'),
  ),
  timeouts: v.optional(
    mapping({
      head: v.optional(positiveDuration),
      idle: v.optional(positiveDuration),
      body: v.optional(positiveDuration),
    }),
  ),
})

export type GatewayMapping = v.InferOutput<typeof gateway>

function isNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}
