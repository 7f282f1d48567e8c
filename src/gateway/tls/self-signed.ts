import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

import * as der from './der.ts'

export interface SelfSigned {
  /** Both in PEM. */
  readonly cert: string
  readonly key: string
}

const oid = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  subjectAltName: '2.5.29.17',
}

/** Names and addresses by which a program on this machine finds another one there. */
const names = ['localhost']
const addresses = [Buffer.of(127, 0, 0, 1), Buffer.concat([Buffer.alloc(15), Buffer.of(1)])]

/** Digital signature, the first bit. */
const signatureUsage = der.bitString(Buffer.of(0x80), 7)
const hourMs = 3_600_000

/**
 * A new key (P-256) and a certificate (RFC 5280) for this machine that it signs itself. It may sign no other one, so that who
 * trusts it trusts nothing else.
 */
export function selfSigned(now: Date, days: number): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = der.sequence(
    der.setOf(der.sequence(der.identifier(oid.commonName), der.utf8('hotlane development certificate'))),
  )
  const algorithm = der.sequence(der.identifier(oid.ecdsaWithSha256))
  const from = new Date(now.getTime() - hourMs)
  const until = new Date(now.getTime() + days * 24 * hourMs)
  const content = der.sequence(
    der.context(0, der.integer(Buffer.of(2)), true),
    der.integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    name,
    der.sequence(der.utcTime(from), der.utcTime(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.context(3, extensions(), true),
  )
  const certificate = der.sequence(content, algorithm, der.bitString(sign('sha256', content, privateKey)))
  return { cert: pem(certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function extensions(): Buffer {
  const alternatives = [
    ...names.map((each) => der.context(2, Buffer.from(each))),
    ...addresses.map((each) => der.context(7, each)),
  ]
  return der.sequence(
    extension(oid.basicConstraints, der.sequence(), true),
    extension(oid.keyUsage, signatureUsage, true),
    extension(oid.extendedKeyUsage, der.sequence(der.identifier(oid.serverAuth))),
    extension(oid.subjectAltName, der.sequence(...alternatives)),
  )
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return der.sequence(der.identifier(id), ...(critical ? [der.boolean(true)] : []), der.octetString(value))
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
