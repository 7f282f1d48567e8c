import { type ErrorReport, reportError } from '../../support/errors.ts'
import type { CertificateNews } from '../tls/certificate.ts'

/** What a worker has to tell its user, though it is asked for nothing. */
export type WorkerNews =
  /** What became of a certificate; times are as `Date.toISOString` has them. See `CertificateNews`. */
  | {
      readonly kind: 'certificate'
      readonly file: string
      readonly made?: true
      readonly until?: string
      readonly ending?: string
      readonly error?: ErrorReport
    }
  /** Lines of the access log are lost, for it cannot be written. */
  | { readonly kind: 'access-log'; readonly file: string; readonly error: ErrorReport }

/** News of a certificate as plain data. */
export function ofCertificate({
  files,
  made,
  until,
  ending,
  error,
}: CertificateNews): Extract<WorkerNews, { readonly kind: 'certificate' }> {
  return {
    kind: 'certificate',
    file: files.cert,
    ...(made === undefined ? {} : { made }),
    ...(until === undefined ? {} : { until: until.toISOString() }),
    ...(ending === undefined ? {} : { ending: ending.toISOString() }),
    ...(error === undefined ? {} : { error: reportError(error) }),
  }
}

/** As a line of the worker's own log, which has all news, with a control or without. */
export function newsLine(news: WorkerNews): string {
  if (news.error !== undefined) return news.error.message
  if (news.kind === 'access-log') return `the access log ${news.file} is not written`
  if (news.ending !== undefined) return `the certificate ${news.file} expires at ${news.ending}`
  return `the certificate ${news.file} is ${news.until === undefined ? 'new' : 'renewed'}`
}
