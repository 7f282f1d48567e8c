/** Which octets may stand where in a head (RFC 9110 section 5.6, RFC 9112 sections 2 to 5). Index by octet; 1 is yes. */

function tableOf(allowed: (octet: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => (allowed(octet) ? 1 : 0))
}

const isDigit = (octet: number): boolean => octet >= 0x30 && octet <= 0x39
const isLetter = (octet: number): boolean => (octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x7a
const among = (text: string, octet: number): boolean => text.includes(String.fromCharCode(octet))

/** Anything that may stand in a line of a head: visible characters, octets beyond ASCII, space and tab. */
export const lineOctets = tableOf((octet) => octet === 0x09 || (octet >= 0x20 && octet !== 0x7f))

/** `token`: methods and field names. */
export const tokenOctets = tableOf((octet) => isDigit(octet) || isLetter(octet) || among("!#$%&'*+-.^_`|~", octet))

/**
 * Targets: what is visible but `#`, for a fragment is never sent, and who cuts it off sees another path than who does not.
 * Octets beyond ASCII are not URI characters, but browsers and command lines send them and apps read them.
 */
export const targetOctets = tableOf((octet) => octet > 0x20 && octet !== 0x7f && octet !== 0x23)

/** Host with port: what could make one reader see another host than the next is left out. */
export const hostOctets = tableOf((octet) => isDigit(octet) || isLetter(octet) || among("-._~!$&'()*+;=:[]%", octet))

/** Value of a hexadecimal digit, 255 for others. */
export const hexValues = Uint8Array.from({ length: 256 }, (_, octet) => {
  if (isDigit(octet)) return octet - 0x30
  const low = octet | 0x20
  return octet >= 0x41 && low >= 0x61 && low <= 0x66 ? low - 0x61 + 10 : 255
})

export const CR = 0x0d
export const LF = 0x0a
export const SP = 0x20
export const TAB = 0x09
export const COLON = 0x3a
