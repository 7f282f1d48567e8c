import { fieldOf } from '../headers.ts'

/**
 * Whether a browser will show the answer as a page (Fetch Metadata; by `Accept` where a browser does not send it). Takes
 * the request's fields as a flat list of names and values.
 */
export function isNavigation(fields: readonly string[]): boolean {
  const destination = fieldOf(fields, 'sec-fetch-dest')
  if (destination !== undefined) return ['document', 'iframe', 'frame'].includes(destination)
  return /\btext\/html\b/i.test(fieldOf(fields, 'accept') ?? '')
}
