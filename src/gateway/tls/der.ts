/** The few forms of DER (ITU-T X.690) that a certificate needs. */

export function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

export function setOf(part: Buffer): Buffer {
  return tagged(0x31, part)
}

/** A number that is not negative, as its octets. */
export function integer(octets: Buffer): Buffer {
  let start = 0
  while (start < octets.length - 1 && octets[start] === 0) start++
  const shortest = octets.subarray(start)
  // A first bit that is set would make it negative.
  return tagged(0x02, (shortest[0] ?? 0) < 0x80 ? shortest : Buffer.concat([Buffer.of(0), shortest]))
}

/** Its last `unused` bits are none of the string. */
export function bitString(octets: Buffer, unused = 0): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.of(unused), octets]))
}

export function octetString(octets: Buffer): Buffer {
  return tagged(0x04, octets)
}

/** An object identifier in dotted form. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

export function utf8(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text))
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0))
}

/** A time of the years 1950 to 2049, to the second (RFC 5280 section 4.1.2.5.1). */
export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]/g, '').slice(2, 14)
  return tagged(0x17, Buffer.from(`${digits}Z`))
}

/** A value with a tag of its context: `constructed` where it holds further ones. */
export function context(number: number, content: Buffer, constructed = false): Buffer {
  return tagged(0x80 | number | (constructed ? 0x20 : 0), content)
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) size.unshift(left % 256)
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | size.length, ...size]
  return Buffer.concat([Buffer.from(header), content])
}

function base128(arc: number): readonly number[] {
  const octets = [arc % 128]
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) octets.unshift((left % 128) | 0x80)
  return octets
}
