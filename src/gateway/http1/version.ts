import { badMessage, type Fault } from './fault.ts'

const one = Buffer.from('HTTP/1.')

/** What is wrong with the version between two positions; undefined for `HTTP/1.0` and `HTTP/1.1`. */
export function versionFault(bytes: Buffer, start: number, end: number): Fault | undefined {
  if (end - start === 8) {
    let same = 0
    while (same < 7 && bytes[start + same] === one[same]) same++
    const minor = bytes[end - 1]
    if (same === 7 && (minor === 0x30 || minor === 0x31)) return undefined
  }
  const version = bytes.toString('latin1', start, Math.min(end, start + 16))
  if (/^HTTP\/\d\.\d$/.test(version)) return { status: 505, why: `${version} is not spoken here` }
  return badMessage('an invalid version')
}
