import { type ErrorCode, HotlaneError } from '../../support/errors.ts'
import { PortInUse } from '../port-in-use.ts'

/** An error as plain data, since a message between processes leaves nothing of a class but its fields. */
export type CarriedError =
  | { readonly kind: 'cut' }
  | { readonly kind: 'port-in-use'; readonly port: number; readonly params: Params; readonly output: string }
  | { readonly kind: 'hotlane'; readonly code: ErrorCode; readonly params: Params; readonly output?: string }
  /** A bug: told with its stack. */
  | { readonly kind: 'fault'; readonly message: string; readonly stack?: string }

type Params = HotlaneError['params']

/** `cut` is the signal that ends the call from outside; its reason stays where it came from. */
export function carry(error: unknown, cut: AbortSignal): CarriedError {
  if (cut.aborted && error === cut.reason) return { kind: 'cut' }
  if (error instanceof PortInUse) {
    return { kind: 'port-in-use', port: error.port, params: error.params, output: error.output ?? '' }
  }
  if (error instanceof HotlaneError) {
    const { code, params, output } = error
    return { kind: 'hotlane', code, params, ...(output === undefined ? {} : { output }) }
  }
  if (!(error instanceof Error)) return { kind: 'fault', message: String(error) }
  return { kind: 'fault', message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) }
}

/** The error that was carried; `cut` is the signal on this side, whose reason is thrown where it was the cause. */
export function unpack(carried: CarriedError, cut: AbortSignal | undefined): unknown {
  switch (carried.kind) {
    case 'cut':
      return cut?.reason
    case 'port-in-use': {
      const { port, params, output } = carried
      const [service, holder] = [String(params['service']), String(params['holder'])]
      return new PortInUse(port, { service, holder, output })
    }
    case 'hotlane': {
      const { code, params, output } = carried
      return new HotlaneError(code, { params, ...(output === undefined ? {} : { output }) })
    }
    case 'fault': {
      const fault = new Error(carried.message)
      if (carried.stack !== undefined) fault.stack = carried.stack
      return fault
    }
  }
}
