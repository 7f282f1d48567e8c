import { access, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { findGo, findProgram, firstLineOf } from './programs.mjs'
import { haproxySettings, nginxSettings } from './proxy-settings.mjs'

const run = promisify(execFile)
const here = import.meta.dirname

/** All that `gatewayPeers` tells of. */
export const gatewayNames = [
  'hotlane',
  'hotlane, lanes',
  'haproxy',
  'nginx',
  'caddy',
  'httputil.ReverseProxy',
  'kamal-proxy',
  'node:http',
  'undici',
  'http-proxy-3',
]

/**
 * The proxies of the gateway benchmark, each as `{ name, argv }` for given ports, or as `{ name, missing }` with the reason
 * in words. All of them run as one process, pass `X-Forwarded-For` on and keep connections to the app.
 */
export async function gatewayPeers(directory, { originPort, portOf }) {
  const peers = []
  const own = () => [process.execPath, path.join(here, 'gateway-hotlane.mjs')]
  peers.push({ name: 'hotlane', argv: own(), ownPorts: true })
  peers.push({ name: 'hotlane, lanes', argv: own(), ownPorts: true, more: ['lanes'] })
  peers.push(await haproxy(directory, originPort, portOf('haproxy')))
  peers.push(await nginx(directory, originPort, portOf('nginx')))
  peers.push(await caddy(directory, originPort, portOf('caddy')))
  peers.push(await goProxy(directory))
  peers.push({ name: 'node:http', argv: [process.execPath, path.join(here, 'gateway-node-http.mjs')], ownPorts: true })
  peers.push(await kamalProxy(directory, originPort, portOf('kamal-proxy')))
  for (const name of ['undici', 'http-proxy-3']) peers.push(await fromPackage(name))
  for (const peer of peers) {
    peer.port = portOf(peer.name)
    if (peer.ownPorts) peer.argv?.push(String(peer.port), String(originPort), ...(peer.more ?? []))
  }
  return peers
}

async function haproxy(directory, origin, port) {
  const name = 'haproxy'
  const program = await findProgram(name)
  if (program === undefined) return absent(name)
  const file = path.join(directory, 'haproxy.cfg')
  await writeFile(file, haproxySettings({ bind: `127.0.0.1:${port}`, origin }))
  return { name, version: await firstLineOf(program, ['-v']), argv: [program, '-db', '-f', file] }
}

async function nginx(directory, origin, port) {
  const name = 'nginx'
  const program = await findProgram(name)
  if (program === undefined) return absent(name)
  const file = path.join(directory, 'nginx.conf')
  const logs = path.join(directory, 'logs')
  await mkdir(logs, { recursive: true })
  await writeFile(file, nginxSettings({ directory, listen: `127.0.0.1:${port} backlog=4096`, origin }))
  return { name, argv: [program, '-p', directory, '-c', file, '-e', 'stderr'] }
}

async function caddy(directory, origin, port) {
  const name = 'caddy'
  const program = await findProgram(name)
  if (program === undefined) return absent(name)
  const file = path.join(directory, 'Caddyfile')
  const options = '{\n  admin off\n  auto_https off\n}\n'
  await writeFile(file, `${options}http://127.0.0.1:${port} {\n  reverse_proxy 127.0.0.1:${origin}\n}\n`)
  return {
    name,
    version: await firstLineOf(program, ['version']),
    argv: [program, 'run', '--adapter', 'caddyfile', '--config', file],
    // It keeps a copy of its configuration where it thinks that it is at home.
    env: { ...process.env, HOME: directory, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory },
  }
}

async function goProxy(directory) {
  const name = 'httputil.ReverseProxy'
  const go = await findGo()
  if (go.missing !== undefined) return { name, missing: go.missing }
  const source = path.join(directory, 'go-proxy')
  await mkdir(source, { recursive: true })
  await writeFile(path.join(source, 'go.mod'), 'module proxy.test\n\ngo 1.23\n')
  const text = `package main

import (
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func main() {
	target := &url.URL{Scheme: "http", Host: "127.0.0.1:" + os.Args[2]}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.SetXForwarded()
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: 1024},
	}
	if err := http.ListenAndServe("127.0.0.1:"+os.Args[1], proxy); err != nil {
		panic(err)
	}
}
`
  await writeFile(path.join(source, 'main.go'), text)
  const program = path.join(source, 'proxy')
  await run('go', ['build', '-o', program, '.'], { cwd: source, env: { ...process.env, GOTOOLCHAIN: 'local' } })
  return { name, version: go.version, argv: [program], ownPorts: true }
}

async function kamalProxy(directory, origin, port) {
  const name = 'kamal-proxy'
  const program = await findProgram(name)
  if (program === undefined) return absent(name)
  const home = path.join(directory, 'kamal')
  await mkdir(home, { recursive: true })
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_RUNTIME_DIR: home, XDG_STATE_HOME: home }
  return {
    name,
    argv: [program, 'run', '--http-port', String(port), '--https-port', '0'],
    env,
    /** Once it listens. */
    prepare: () =>
      run(program, ['deploy', 'app', '--target', `127.0.0.1:${origin}`, '--health-check-path', '/'], { env }),
  }
}

/** A proxy on a package that is installed below $HOTLANE_PEERS. */
async function fromPackage(name) {
  const directory = process.env.HOTLANE_PEERS
  const found =
    directory !== undefined &&
    (await access(path.join(directory, 'node_modules', name, 'package.json')).then(
      () => true,
      () => false,
    ))
  if (!found) return { name, missing: `there is no ${name} in $HOTLANE_PEERS/node_modules` }
  const argv = [process.execPath, path.join(here, `gateway-${name}.mjs`)]
  return { name, argv, ownPorts: true, more: [path.resolve(directory)] }
}

function absent(name) {
  return { name, missing: `there is no ${name} on the PATH or in $HOTLANE_PEERS` }
}
