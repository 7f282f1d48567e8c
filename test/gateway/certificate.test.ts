import { once } from 'node:events'
import { mkdir, mkdtemp, rm, stat, symlink, rename, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { createGateway } from '../../src/gateway/create.ts'
import type { Gateway } from '../../src/gateway/gateway.ts'
import type { CertificateNews } from '../../src/gateway/tls/certificate.ts'
import { makeDevelopmentCertificate } from '../../src/gateway/tls/development.ts'
import { selfSigned } from '../../src/gateway/tls/self-signed.ts'
import type { TlsFiles } from '../../src/model/service.ts'
import { Queue } from '../../src/support/queue.ts'
import { Stage } from '../conformance/gateway/stage.ts'

let root = ''
let directory = ''

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'hotlane-cert-'))
})

beforeEach(async () => {
  directory = await mkdtemp(path.join(root, 'case-'))
})

afterAll(() => rm(root, { recursive: true }))

async function write(files: TlsFiles, days = 10): Promise<void> {
  const { cert, key } = selfSigned(new Date(), days)
  await writeFile(files.cert, cert)
  await writeFile(files.key, key)
}

function filesIn(place: string): TlsFiles {
  return { cert: path.join(place, 'a.crt'), key: path.join(place, 'a.key') }
}

interface Watched {
  readonly stage: Stage
  readonly news: Queue<CertificateNews>
}

async function open(tls: TlsFiles): Promise<Watched> {
  const news = new Queue<CertificateNews>()
  const create = (): Gateway => createGateway({ tellRelease: true, certificateNews: (each) => news.push(each) })
  const stage = await Stage.open(create, undefined, tls)
  const app = await stage.httpOrigin((_request, response) => response.end('ok'))
  stage.serve(app.port)
  return { stage, news }
}

async function secured(stage: Stage): Promise<TLSSocket> {
  const socket = connect({ host: stage.address.host, port: stage.address.port, rejectUnauthorized: false })
  stage.defer(() => socket.destroy())
  await once(socket, 'secureConnect')
  return socket
}

async function next(news: Queue<CertificateNews>): Promise<CertificateNews> {
  const { value, done } = await news.next()
  if (done === true) throw new Error('there is no news')
  return value
}

describe('the certificate of a listener', () => {
  test('is used anew when its files have changed, and no connection is dropped', async () => {
    const files = filesIn(directory)
    await write(files)
    const { stage, news } = await open(files)
    await using _stage = stage
    const kept = await secured(stage)
    const first = kept.getPeerX509Certificate()?.fingerprint256
    await write(files, 20)
    const { until } = await next(news)
    expect((until?.getTime() ?? 0) - Date.now()).toBeGreaterThan(15 * 24 * 3_600_000)
    const fresh = await secured(stage)
    expect(fresh.getPeerX509Certificate()?.fingerprint256).not.toBe(first)
    kept.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    expect(String(await once(kept, 'data'))).toContain('200 OK')
  })

  test('is found behind links that are exchanged, as Kubernetes and certbot do', async () => {
    for (const name of ['one', 'two']) {
      await mkdir(path.join(directory, name))
      await write(filesIn(path.join(directory, name)))
    }
    const link = path.join(directory, 'live')
    await symlink('one', link)
    const { stage, news } = await open(filesIn(link))
    await using _stage = stage
    await symlink('two', `${link}.new`)
    await rename(`${link}.new`, link)
    expect((await next(news)).until).toBeDefined()
  })

  test('stays where the changed one cannot be used, which is told once', async () => {
    const files = filesIn(directory)
    await write(files)
    const { stage, news } = await open(files)
    await using _stage = stage
    const first = (await secured(stage)).getPeerX509Certificate()?.fingerprint256
    await writeFile(files.key, selfSigned(new Date(), 10).key)
    expect((await next(news)).error).toMatchObject({
      code: 'HL1009',
      message: `the file ${files.key} cannot be used for TLS: it is not the key of the certificate`,
    })
    expect((await secured(stage)).getPeerX509Certificate()?.fingerprint256).toBe(first)
    await rm(files.cert)
    expect((await next(news)).error).toMatchObject({ code: 'HL1009' })
    await write(files)
    expect((await next(news)).until).toBeDefined()
  })

  test('that expires or does not exist is refused at the start', async () => {
    const files = filesIn(directory)
    await expect(open(files)).rejects.toMatchObject({ code: 'HL1009' })
    const { cert, key } = selfSigned(new Date(0), 10)
    await writeFile(files.cert, cert)
    await writeFile(files.key, key)
    await expect(open(files)).rejects.toThrow('it expired on 1970-01-11')
  })
})

describe('the development certificate', () => {
  test('is one pair, whoever makes it first, and its key is for its owner alone', async () => {
    const files = filesIn(path.join(directory, 'tls'))
    const made = await Promise.all(Array.from({ length: 8 }, () => makeDevelopmentCertificate(files)))
    expect(made).toContain(true)
    expect(await makeDevelopmentCertificate(files)).toBe(false)
    expect((await stat(files.key)).mode & 0o777).toBe(0o600)
    const { stage } = await open({ ...files, development: true })
    await using _stage = stage
    expect((await secured(stage)).getPeerX509Certificate()?.checkHost('localhost')).toBe('localhost')
  })

  test('is made anew before it expires', async () => {
    const files = filesIn(path.join(directory, 'tls'))
    await mkdir(path.dirname(files.cert))
    await write(files, 3)
    expect(await makeDevelopmentCertificate(files)).toBe(true)
    expect(await makeDevelopmentCertificate(files)).toBe(false)
  })
})

describe('a listener with TLS', () => {
  test('sends who does not encrypt away, and counts it no longer', async () => {
    const files = filesIn(directory)
    await write(files)
    await using stage = await Stage.open(createGateway, { tellRelease: true, maxConnections: 1 }, files)
    const app = await stage.httpOrigin((_request, response) => response.end('ok'))
    stage.serve(app.port)
    const { connect: connectTcp } = await import('node:net')
    const plain = connectTcp(stage.address.port, stage.address.host)
    plain.on('error', () => undefined)
    plain.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
    await once(plain, 'close')
    const answers = async (): Promise<number> => {
      const asked = request(stage.url, { rejectUnauthorized: false, agent: false }).end()
      const [answer] = (await once(asked, 'response').catch(() => [{ statusCode: 0 }])) as [{ statusCode: number }]
      return answer.statusCode
    }
    // The gateway may hear of the end a moment after its client.
    let status = await answers()
    while (status === 0) status = await answers()
    expect(status).toBe(200)
  })
})
