import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { selfSigned } from '../../dist/gateway/tls/self-signed.js'
import { findProgram } from './programs.mjs'
import { haproxySettings, nginxSettings } from './proxy-settings.mjs'

const run = promisify(execFile)
const ways = ['h2c', 'TLS']

/** All that `http2Peers` tells of. */
export const http2Names = ['hotlane', 'haproxy', 'nginx'].flatMap((name) => ways.map((way) => `${name}, ${way}`))

/**
 * The proxies that speak HTTP/2 with clients and HTTP/1.1 with the app: in clear (by prior knowledge), and over TLS with one
 * certificate for all. As `gatewayPeers`.
 */
export async function http2Peers(directory, { originPort, portOf }) {
  const { cert, key } = selfSigned(new Date(), 10)
  const files = { cert: path.join(directory, 'h2.crt'), key: path.join(directory, 'h2.key') }
  const both = path.join(directory, 'h2.pem')
  for (const [file, text] of [
    [files.cert, cert],
    [files.key, key],
    [both, cert + key],
  ])
    await writeFile(file, text)
  const peers = []
  for (const way of ways) {
    const place = { way, originPort, directory: path.join(directory, way), files, both }
    await mkdir(place.directory, { recursive: true })
    for (const [kind, make] of Object.entries({ hotlane, haproxy, nginx })) {
      const name = `${kind}, ${way}`
      const port = portOf(name)
      const scheme = way === 'TLS' ? 'https' : 'http'
      peers.push({ name, port, url: `${scheme}://127.0.0.1:${port}`, ...(await make({ ...place, port })) })
    }
  }
  return peers
}

/** Loads a peer with so many connections of ten streams each. */
export async function runHttp2({ url }, { connections, seconds, signal }) {
  const script = path.join(import.meta.dirname, 'http2-load.mjs')
  const args = [script, url, String(connections), '10', String(seconds)]
  const { stdout } = await run(process.execPath, args, { signal })
  return JSON.parse(stdout)
}

function hotlane({ way, originPort, port, files }) {
  const tls = way === 'TLS' ? [files.cert, files.key] : []
  const script = path.join(import.meta.dirname, 'gateway-hotlane.mjs')
  return { argv: [process.execPath, script, String(port), String(originPort), 'lanes', ...tls] }
}

async function haproxy({ way, originPort, port, directory, both }) {
  const program = await findProgram('haproxy')
  if (program === undefined) return { missing: 'there is no haproxy on the PATH' }
  const file = path.join(directory, 'haproxy.cfg')
  await writeFile(
    file,
    haproxySettings({
      bind: `127.0.0.1:${port} ${way === 'TLS' ? `ssl crt ${both} alpn h2` : 'proto h2'}`,
      origin: originPort,
    }),
  )
  return { argv: [program, '-db', '-f', file] }
}

async function nginx({ way, originPort, port, directory, files }) {
  const program = await findProgram('nginx')
  if (program === undefined) return { missing: 'there is no nginx on the PATH or in $HOTLANE_PEERS' }
  await mkdir(path.join(directory, 'logs'), { recursive: true })
  const file = path.join(directory, 'nginx.conf')
  const tls = way === 'TLS' ? `    ssl_certificate ${files.cert};\n    ssl_certificate_key ${files.key};\n` : ''
  await writeFile(
    file,
    nginxSettings({
      directory,
      listen: `127.0.0.1:${port} ${way === 'TLS' ? 'ssl ' : ''}http2`,
      origin: originPort,
      tls,
    }),
  )
  return { argv: [program, '-p', directory, '-c', file, '-e', 'stderr'] }
}
