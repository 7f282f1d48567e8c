import type { Position } from '../support/errors.ts'
import type { AirFile } from './air-file.ts'

/**
 * Values as air's merge leaves them: a zero value in the file (empty text, 0, false) is as good as none, so that the
 * default counts; a list counts even where it is empty.
 */
export interface AirValues {
  readonly text: (key: string) => string | undefined
  readonly whole: (key: string) => number | undefined
  readonly list: (key: string) => readonly string[] | undefined
  readonly flag: (key: string) => boolean
  /** Whether the file has the key at all. */
  readonly has: (key: string) => boolean
  readonly raw: (key: string) => unknown
  readonly position: (key: string) => Position
}

export function airValues(file: AirFile): AirValues {
  const raw = (key: string): unknown => file.values.get(key)
  return {
    raw,
    has: (key) => file.values.has(key),
    position: file.position,
    text: (key) => (typeof raw(key) === 'string' && raw(key) !== '' ? String(raw(key)) : undefined),
    whole: (key) => (typeof raw(key) === 'number' && raw(key) !== 0 ? Number(raw(key)) : undefined),
    list: (key) => (Array.isArray(raw(key)) ? (raw(key) as readonly string[]) : undefined),
    flag: (key) => raw(key) === true,
  }
}
