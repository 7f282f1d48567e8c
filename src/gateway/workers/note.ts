import type { ErrorReport } from '../../support/errors.ts'
import type { WorkerNews } from './news.ts'

/** What happens to the gateway's workers, to be told to the user. */
export type WorkerNote =
  /** However many workers have it to tell, it is told once. */
  | WorkerNews
  /** It has the table, and accepts. */
  | { readonly kind: 'worker-started'; readonly pid: number }
  /** It was at work already, for an earlier control. */
  | { readonly kind: 'worker-adopted'; readonly pid: number }
  /** It accepts no more; successors do. */
  | { readonly kind: 'worker-retiring'; readonly pid: number }
  | { readonly kind: 'worker-ended'; readonly pid: number }
  /** Exit code or signal, or `unknown` of one that was adopted. Its requests in flight are lost. */
  | { readonly kind: 'worker-died'; readonly pid: number; readonly exit: number | string }
  /** No worker could be started; it is tried again after this time. */
  | { readonly kind: 'workers-missing'; readonly error: ErrorReport; readonly retryMs: number }
  /** Another control has taken over: this one commands nothing any more. */
  | { readonly kind: 'superseded' }
