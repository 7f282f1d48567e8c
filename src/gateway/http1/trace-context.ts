import { hexValues } from './characters.ts'

const dash = 0x2d

/**
 * Whether a `traceparent` can be continued (W3C Trace Context, section 3.2): of a version that is known it is exactly
 * version, trace-id, parent-id and flags in lower case; a later version may have more behind a dash. Ids of zeros are none.
 */
export function isTraceparent(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start
  if (length < 55 || bytes[start + 2] !== dash || bytes[start + 35] !== dash || bytes[start + 52] !== dash) return false
  if (!isLowHex(bytes, start, 2) || !isLowHex(bytes, start + 53, 2)) return false
  if (!isId(bytes, start + 3, 32) || !isId(bytes, start + 36, 16)) return false
  const version = (hexValues[bytes[start] ?? 0] ?? 0) * 16 + (hexValues[bytes[start + 1] ?? 0] ?? 0)
  if (version === 255) return false
  return length === 55 || (version > 0 && bytes[start + 55] === dash)
}

const idLimitBytes = 128

/** Whether an `X-Request-Id` may be passed on: short, and nothing that could break a line of a log. */
export function isRequestId(bytes: Buffer, start: number, end: number): boolean {
  if (start === end || end - start > idLimitBytes) return false
  for (let at = start; at < end; at++) {
    const octet = bytes[at] ?? 0
    if (octet <= 0x20 || octet >= 0x7f || octet === 0x22 || octet === 0x5c) return false
  }
  return true
}

function isId(bytes: Buffer, start: number, length: number): boolean {
  if (!isLowHex(bytes, start, length)) return false
  for (let at = start; at < start + length; at++) if (bytes[at] !== 0x30) return true
  return false
}

function isLowHex(bytes: Buffer, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) {
    const octet = bytes[at] ?? 0
    if ((hexValues[octet] ?? 255) > 15 || (octet >= 0x41 && octet <= 0x46)) return false
  }
  return true
}
