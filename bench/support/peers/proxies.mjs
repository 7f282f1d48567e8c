import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../ports.mjs'
import { startGroup } from '../process-group.mjs'
import { answers, instancesOf } from './instances.mjs'

const run = promisify(execFile)

/** nginx before the instances: each deployment writes its upstream anew and sends SIGHUP to the master. */
export async function openNginx({ program, directory, port, ledger }, scope) {
  const file = path.join(directory, 'nginx.conf')
  const write = (upstream) => writeFile(file, nginxSettings(directory, port, upstream))
  const start = () =>
    startGroup([program, '-p', directory, '-c', file, '-e', 'stderr'], { directory, stopSignal: 'SIGQUIT' })
  return byReload({ url: `http://127.0.0.1:${port}/`, ledger, write, start, signalName: 'SIGHUP' }, scope)
}

/** HAProxy in master-worker mode before the instances: each deployment writes its server anew and sends SIGUSR2. */
export async function openHaproxy({ program, directory, port, ledger }, scope) {
  const file = path.join(directory, 'haproxy.cfg')
  const write = (upstream) => writeFile(file, haproxySettings(directory, port, upstream))
  const start = () => startGroup([program, '-W', '-db', '-f', file], { directory, stopSignal: 'SIGTERM' })
  return byReload({ url: `http://127.0.0.1:${port}/`, ledger, write, start, signalName: 'SIGUSR2' }, scope)
}

async function byReload({ url, ledger, write, start, signalName }, scope) {
  const instances = instancesOf({ ledger }, scope)
  let group
  const move = async (upstream, version) => {
    await write(upstream)
    if (group === undefined) {
      group = start()
      scope.defer(group.stop)
    } else process.kill(group.pid, signalName)
    await answers(url, version, scope.signal)
  }
  await instances.replace(move)
  return { url, deploy: () => instances.replace(move) }
}

/** kamal-proxy before the instances: `kamal-proxy deploy` for each deployment. */
export async function openKamalProxy({ program, directory, port, ledger }, scope) {
  const instances = instancesOf({ ledger }, scope)
  const home = path.join(directory, 'kamal')
  await mkdir(home, { recursive: true })
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_RUNTIME_DIR: home, XDG_STATE_HOME: home }
  const argv = [program, 'run', '--http-port', String(port), '--https-port', String(await freePort())]
  const proxy = startGroup(argv, { directory, env, stopSignal: 'SIGTERM' })
  scope.defer(proxy.stop)
  const url = `http://127.0.0.1:${port}/`
  const deploy = (upstream) =>
    run(program, ['deploy', 'app', '--target', `127.0.0.1:${upstream}`, '--health-check-path', '/'], { env })
  const move = async (upstream, version) => {
    // Its control socket is there a moment after its start.
    for (let tries = 0; ; tries++) {
      scope.signal.throwIfAborted()
      const failed = await deploy(upstream).then(
        () => undefined,
        (error) => error,
      )
      if (failed === undefined) break
      if (tries === 50) throw failed
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await answers(url, version, scope.signal)
  }
  await instances.replace(move)
  return { url, deploy: () => instances.replace(move) }
}

/** PM2 in cluster mode with two processes: `pm2 reload` for each deployment. */
export async function openPm2({ program, directory, port, ledger }, scope) {
  const app = path.resolve(import.meta.dirname, '../../apps/ledger/server.mjs')
  let version = 1
  const environment = () => ({
    ...process.env,
    PM2_HOME: path.join(directory, 'pm2'),
    PORT: String(port),
    LEDGER: ledger,
    VERSION: String(version),
  })
  const pm2 = (...words) => run(program, words, { env: environment(), cwd: directory })
  scope.defer(() => pm2('kill'))
  await pm2('start', app, '-i', '2', '--name', 'app')
  const url = `http://127.0.0.1:${port}/`
  await answers(url, '1', scope.signal)
  return {
    url,
    deploy: async () => {
      version++
      await pm2('reload', 'app', '--update-env')
      await answers(url, String(version), scope.signal)
    },
  }
}

function nginxSettings(directory, port, upstream) {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  )
  return `daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 4096; }
http {
  access_log off;
  ${paths.join('\n  ')}
  upstream app { server 127.0.0.1:${upstream}; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://app; proxy_request_buffering off; proxy_http_version 1.1; }
  }
}
`
}

function haproxySettings(directory, port, upstream) {
  return `global
  stats socket ${directory}/haproxy.sock mode 600 level admin expose-fd listeners
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend all
  bind 127.0.0.1:${port}
  default_backend app
backend app
  server one 127.0.0.1:${upstream}
`
}
