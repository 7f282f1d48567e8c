import type { Calls, Request, Verb } from './messages.ts'

type Fields = Readonly<Record<string, unknown>>

/** Reads what a control asks. @throws Error where it is no request */
export function parseRequest(line: string): Request {
  const fields = asFields(JSON.parse(line), 'a request')
  const verb = textOf(fields, 'verb')
  if (!Object.hasOwn(asks, verb)) throw new Error(`there is no verb ${verb}`)
  const ask = asks[verb as Verb](fields)
  return { id: numberOf(fields, 'id'), verb, ...ask } as Request
}

/** What is deep inside a table or a spec is trusted: it was written by the same user's own process. */
const asks: { readonly [V in Verb]: (fields: Fields) => Calls[V]['ask'] } = {
  hello: (fields) => ({ protocol: numberOf(fields, 'protocol') }),
  install: ({ table }) => {
    const read = asFields(table, 'table')
    if (!Array.isArray(read['entries'])) throw new Error('a table has entries')
    return { table: read as unknown as Calls['install']['ask']['table'] }
  },
  accept: () => ({}),
  bind: (fields) => {
    const address = addressOf(fields)
    return fields['port'] === undefined ? { address } : { address, port: numberOf(fields, 'port') }
  },
  shut: (fields) => ({ address: addressOf(fields) }),
  inFlight: (fields) => ({ target: textOf(fields, 'target') }),
  recorded: (fields) => ({ service: textOf(fields, 'service') }),
  drain: (fields) => {
    const limits = asFields(fields['limits'], 'limits')
    return {
      target: textOf(fields, 'target'),
      limits: { requestsMs: numberOf(limits, 'requestsMs'), streamsMs: numberOf(limits, 'streamsMs') },
    }
  },
  abort: (fields) => ({ of: numberOf(fields, 'of') }),
  read: () => ({}),
  spawn: (fields) => {
    const { argv, spec } = fields
    if (!Array.isArray(argv) || !argv.every((word) => typeof word === 'string')) throw new Error('argv is words')
    const read = asFields(spec, 'spec')
    if (!Array.isArray(read['sockets'])) throw new Error('a spec has sockets')
    textOf(read, 'id')
    textOf(read, 'directory')
    return { argv, spec: read as unknown as Calls['spawn']['ask']['spec'] }
  },
  retire: (fields) => ({ graceMs: numberOf(fields, 'graceMs') }),
  close: (fields) => ({ graceMs: numberOf(fields, 'graceMs') }),
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null) throw new Error(`${what} is an object`)
  return value as Fields
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is a text`)
  return value
}

function numberOf(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value !== 'number' || !(value >= 0)) throw new Error(`${name} is a number`)
  return value
}

/** Whatever else an address says is kept. */
function addressOf(fields: Fields): Calls['bind']['ask']['address'] {
  const address = asFields(fields['address'], 'address')
  return { ...address, host: textOf(address, 'host'), port: numberOf(address, 'port') }
}
