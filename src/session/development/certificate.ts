import type { CertificateNews } from '../../gateway/tls/certificate.ts'
import type { Emit } from '../../model/event.ts'
import { reportError } from '../../support/errors.ts'

/** Tells news of certificates as events. */
export function tellCertificate(emit: Emit): (news: CertificateNews) => void {
  return ({ files, made, until, ending, error }) =>
    emit({
      type: 'gateway.certificate',
      file: files.cert,
      made: made === true,
      ...(until === undefined ? {} : { until: until.toISOString() }),
      ...(ending === undefined ? {} : { ending: ending.toISOString() }),
      ...(error === undefined ? {} : { error: reportError(error) }),
    })
}
