import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { selfSigned } from '../../src/gateway/tls/self-signed.ts'
import { renderSettings } from '../../src/project/render.ts'
import { ginMain, load, only, trees } from './tree.ts'

const tree = trees()
const go = { 'go.mod': 'module example.com/shop\n', 'main.go': ginMain }

function withFile(text: string, files: Readonly<Record<string, string>> = go): string {
  return tree({ ...files, 'hotlane.yaml': text })
}

describe('listen with tls', () => {
  const pair = selfSigned(new Date(), 10)
  const files = { ...go, 'tls/a.crt': pair.cert, 'tls/a.key': pair.key }
  const listen = 'listen:\n  address: 8443\n  tls:\n    cert: tls/a.crt\n    key: tls/a.key\n'

  test('names the files of a certificate, and is printed as it is read', async () => {
    const root = withFile(listen, files)
    const loaded = await load(root)
    const tls = { cert: path.join(root, 'tls/a.crt'), key: path.join(root, 'tls/a.key') }
    expect(only(loaded).listen).toEqual({ host: '127.0.0.1', port: 8443, tls, fixed: true })
    const printed = { address: 8443, tls: { cert: 'tls/a.crt', key: 'tls/a.key' } }
    expect(loaded.settings.services?.['shop']?.listen).toEqual(printed)
    const again = await load(tree({ ...files, 'hotlane.yaml': renderSettings(loaded) }))
    expect(again.settings).toEqual(loaded.settings)
  })

  test('dev keeps a certificate below .hotlane, at whatever address', async () => {
    const root = withFile('listen: { tls: dev }\nprotocol: h2c\n')
    const loaded = await load(root)
    const at = (name: string): string => path.join(root, '.hotlane', 'tls', name)
    const tls = { cert: at('development.crt'), key: at('development.key'), development: true }
    expect(only(loaded)).toMatchObject({
      listen: { host: '127.0.0.1', port: 8080, tls, fixed: false },
      protocol: 'h2c',
    })
    expect(loaded.settings.services?.['shop']).toMatchObject({ listen: { address: 8080, tls: 'dev' }, protocol: 'h2c' })
    const moved = await load(root, { listen: ':9443' })
    expect(only(moved).listen).toEqual({ host: '0.0.0.0', port: 9443, tls, fixed: true })
  })

  test.each([
    ['a file that does not exist', { 'tls/a.crt': pair.cert }, 'key', 'it does not exist', 5],
    ['a certificate that is none', { ...files, 'tls/a.crt': 'x' }, 'crt', 'it holds no certificate in PEM', 4],
    [
      'a key of another certificate',
      { ...files, 'tls/a.key': selfSigned(new Date(), 10).key },
      'key',
      'it is not the key of the certificate',
      5,
    ],
    [
      'an expired certificate',
      { ...files, 'tls/a.crt': selfSigned(new Date(0), 1).cert },
      'crt',
      'it expired on 1970-01-02',
      4,
    ],
  ])('%s is an error with its place', async (_what, given, extension, reason, line) => {
    const root = withFile(listen, { ...go, ...given })
    const error: unknown = await load(root).catch((error: unknown) => error)
    expect(error).toMatchObject({
      code: 'HL1009',
      message: `the file ${path.join(root, 'tls', `a.${extension}`)} cannot be used for TLS: ${reason}`,
      position: { file: 'hotlane.yaml', line },
    })
  })

  test('is one for all services of an address', async () => {
    const root = withFile(
      'services:\n  a:\n    listen: { address: 8443, tls: dev }\n    run: a\n  b:\n    route: /b\n    listen: 8443\n    run: b\n',
    )
    await expect(load(root)).rejects.toMatchObject({
      code: 'HL1004',
      position: { line: 7 },
      message: 'services.b.listen should be with the same tls as another service at this address, but is 8443',
    })
  })
})
