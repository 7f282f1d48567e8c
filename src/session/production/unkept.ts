import { HotlaneError } from '../../support/errors.ts'
import { errnoOf } from '../../support/files.ts'

/** To catch what keeping a release rejects with: a file system that is full or may not be read is no fault of hotlane's. @throws HotlaneError HL6108, or the error as it is */
export function unkept(service: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof HotlaneError || errnoOf(error) === undefined) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new HotlaneError('HL6108', { params: { service, reason }, cause: error })
  }
}
