import type { CertificateNews } from '../../gateway/tls/certificate.ts'
import { ofCertificate } from '../../gateway/workers/news.ts'
import type { Emit } from '../../model/event.ts'

/** Tells news of certificates as events. */
export function tellCertificate(emit: Emit): (news: CertificateNews) => void {
  return (told) => {
    const { kind: _kind, made, ...news } = ofCertificate(told)
    emit({ type: 'gateway.certificate', made: made === true, ...news })
  }
}
