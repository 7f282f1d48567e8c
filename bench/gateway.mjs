// What a request costs in hotlane's gateway, HAProxy, nginx, Caddy, Go's ReverseProxy and node:http: CPU, latency, memory.
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { median, percentile } from './support/figures.mjs'
import { gatewayNames, gatewayPeers } from './support/gateway-peers.mjs'
import { http2Names, http2Peers, runHttp2 } from './support/gateway-http2.mjs'
import { openEventStreams } from './support/event-streams.mjs'
import { describeMachine, machineLine } from './support/machine.mjs'
import { accepts, freePort } from './support/ports.mjs'
import { startGroup } from './support/process-group.mjs'
import { findProgram } from './support/programs.mjs'
import { saveResults } from './support/results.mjs'
import { runScript } from './support/script.mjs'
import { tableLines } from './support/table.mjs'
import { makeTemporary } from './support/temporary.mjs'
import { processorMs, residentMegabytes } from './support/usage.mjs'
import { runWrk } from './support/wrk.mjs'

const { values } = parseArgs({
  options: {
    /** Seconds of load for each figure. */
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    idle: { type: 'string', default: '10000' },
    /** Event streams; 0 leaves them out. */
    streams: { type: 'string', default: '1000' },
    /** Names of proxies, separated by commas, each with all its ways; all where absent. */
    only: { type: 'string' },
    /** Names of loads (`small`, `large`, `post`, `fresh`, `http2`), separated by commas; all where absent. */
    loads: { type: 'string' },
    /** Write bench/results. */
    save: { type: 'boolean', default: false },
  },
})

/** Goals for small requests with all features on, and for idle connections. */
const goals = { ofHaproxy: 1.2, betterThanGo: 2.5, idleKib: 12 }
/** Proxies on Go's ReverseProxy: a request is to cost far less than there, and its P99 is not to be higher. */
const goProxies = ['caddy', 'kamal-proxy']

/** Told as figures, beside the goals: streams of HTTP/2 go by node's own implementation. */
const http2Load = {
  name: 'http2',
  about: 'small JSON, HTTP/2: 8 connections of 10 streams each',
  run: runHttp2,
  connections: 8,
}

// Each proxy's process group has a listener that ends it with this process.
process.setMaxListeners(32)

await runScript(async (scope) => {
  const wrk = await findProgram('wrk')
  if (wrk === undefined) {
    console.log('skipped: there is no wrk on the PATH')
    return 0
  }
  const machine = await describeMachine()
  console.log(machineLine(machine))
  const directory = await makeTemporary('gateway', scope)
  const originPort = await freePort()
  const origin = start(
    [process.execPath, path.join(import.meta.dirname, 'support/gateway-origin.mjs'), String(originPort)],
    scope,
  )
  const ports = new Map()
  for (const name of [...gatewayNames, ...http2Names]) ports.set(name, await freePort())
  const place = { originPort, portOf: (name) => ports.get(name) }
  const peers = (await gatewayPeers(directory, place)).filter(({ name }) => isAsked(values.only, name.split(',')[0]))
  for (const { name, missing } of peers) if (missing !== undefined) console.log(`without ${name}: ${missing}`)
  const running = peers.filter(({ missing }) => missing === undefined)
  for (const peer of running) peer.group = start(peer.argv, scope, peer.env)
  await listening({ name: 'the app', port: originPort, group: origin }, scope.signal)
  for (const peer of running) await listening(peer, scope.signal).then(peer.prepare)

  const loads = (await loadsIn(directory)).filter(({ name }) => isAsked(values.loads, name))
  const results = []
  for (const load of loads) results.push(...(await measureLoad(load, running, { wrk, signal: scope.signal })))
  if (isAsked(values.loads, 'http2')) results.push(...(await measureHttp2(await http2Peers(directory, place), scope)))
  const streams = Number(values.streams) === 0 ? [] : await measureStreams(running, scope.signal)
  const idle = Number(values.idle) === 0 ? [] : await measureIdle(running, scope)
  const lines = report({ results, streams, idle })
  console.log(lines.join('\n'))
  if (values.save) {
    const text = `${machineLine(machine)}\n\n${lines.join('\n')}\n`
    await saveResults('gateway', { date: machine.date, data: { machine, results, streams, idle }, text })
  }
  return judge(results, idle)
})

async function loadsIn(directory) {
  const script = path.join(directory, 'post.lua')
  await writeFile(script, 'wrk.method = "POST"\nwrk.body = string.rep("x", 1024)\n')
  return [
    { name: 'small', about: 'small JSON, keep-alive', path: '/' },
    { name: 'large', about: '64 KiB answers, keep-alive', path: '/large' },
    { name: 'post', about: '1 KiB POST, keep-alive', path: '/', script },
    { name: 'fresh', about: 'small JSON, a new connection per request', path: '/', headers: ['Connection: close'] },
  ]
}

/** Rounds, in each of them every proxy once and in another order, so that what else the machine does hits all alike. */
async function measureLoad(load, peers, { wrk, signal }) {
  const samples = new Map(peers.map(({ name }) => [name, []]))
  const rounds = Number(values.rounds)
  for (let round = -1; round < rounds; round++) {
    const order = [
      ...peers.slice(Math.max(0, round) % peers.length),
      ...peers.slice(0, Math.max(0, round) % peers.length),
    ]
    for (const peer of order) {
      const { name, port, group } = peer
      const before = await processorMs(group.pid)
      const seconds = round === -1 ? 1 : Number(values.seconds)
      const { headers, script, connections = Number(values.connections) } = load
      const url = `http://127.0.0.1:${port}${load.path}`
      const run =
        load.run === undefined
          ? await runWrk(wrk, { url, connections, seconds, headers, script, signal })
          : await load.run(peer, { connections, seconds, signal })
      const cpuMicros = (((await processorMs(group.pid)) - before) * 1000) / run.requests
      // The first round warms up.
      if (round >= 0) samples.get(name).push({ ...run, cpuMicros })
    }
  }
  return peers.map(({ name }) => {
    const runs = samples.get(name)
    const middle = (figure) => median(runs.map((run) => run[figure]))
    return {
      load: load.name,
      about: load.about,
      name,
      cpuMicros: middle('cpuMicros'),
      perSecond: middle('perSecond'),
      p50Ms: middle('p50Ms'),
      p99Ms: middle('p99Ms'),
      errors: runs.reduce((sum, run) => sum + run.errors, 0),
      runs,
    }
  })
}

/** The proxies run for this alone, for they listen otherwise. */
async function measureHttp2(all, scope) {
  const isAskedFor = ({ name, missing }) => missing === undefined && isAsked(values.only, name.split(',')[0])
  const peers = all.filter(isAskedFor)
  for (const peer of peers) peer.group = start(peer.argv, scope)
  for (const peer of peers) await listening(peer, scope.signal)
  const results = await measureLoad(http2Load, peers, { signal: scope.signal })
  await Promise.all(peers.map(({ group }) => group.stop()))
  return results
}

/** What an event costs that goes to many streams; its age when it comes is told, which is no more than the app's own pace. */
async function measureStreams(peers, signal) {
  const count = Number(values.streams)
  const samples = new Map(peers.map(({ name }) => [name, []]))
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const { name, port, group } of peers) {
      const streams = await openEventStreams(port, count, signal)
      streams.restart()
      const [before, began] = [await processorMs(group.pid), performance.now()]
      await delay(Number(values.seconds) * 1000, undefined, { signal })
      const { events, ages, lost } = streams.seen()
      const [cpuMs, ms] = [(await processorMs(group.pid)) - before, performance.now() - began]
      streams.close()
      samples.get(name).push({
        cpuMicros: (cpuMs * 1000) / events,
        perSecond: (events * 1000) / ms,
        p50Ms: percentile(ages, 0.5),
        p99Ms: percentile(ages, 0.99),
        lost,
      })
    }
  }
  return peers.map(({ name }) => {
    const runs = samples.get(name)
    const middle = (figure) => median(runs.map((run) => run[figure]))
    const figures = ['cpuMicros', 'perSecond', 'p50Ms', 'p99Ms'].map((figure) => [figure, middle(figure)])
    const lost = runs.reduce((sum, run) => sum + run.lost, 0)
    return { name, streams: count, ...Object.fromEntries(figures), lost, runs }
  })
}

/** Connections that have had one answer each and are kept; memory is what the process has grown by. */
async function measureIdle(peers, scope) {
  const { signal } = scope
  const results = []
  const count = Number(values.idle)
  for (const peer of peers) {
    const { name, port } = peer
    // A new process: one that has had load has memory to spare, and would not grow.
    await peer.group.stop()
    const group = start(peer.argv, scope, peer.env)
    await listening({ name, port, group }, signal).then(peer.prepare)
    await openIdle(port, Math.min(200, count), signal).then(closeAll)
    await delay(500, undefined, { signal })
    const before = await residentMegabytes(group.pid)
    const sockets = await openIdle(port, count, signal)
    await delay(1000, undefined, { signal })
    const after = await residentMegabytes(group.pid)
    await closeAll(sockets)
    await group.stop()
    results.push({ name, connections: count, kibPerConnection: ((after - before) * 1_000_000) / 1024 / count })
  }
  return results
}

async function openIdle(port, count, signal) {
  const sockets = []
  while (sockets.length < count) {
    signal.throwIfAborted()
    const batch = Array.from({ length: Math.min(100, count - sockets.length) }, async () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      socket.write('GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
      await once(socket, 'data')
      return socket
    })
    sockets.push(...(await Promise.all(batch)))
  }
  return sockets
}

async function closeAll(sockets) {
  await Promise.all(
    sockets.map((socket) => {
      const closed = once(socket, 'close')
      socket.destroy()
      return closed
    }),
  )
}

/** Whether a list of names says that this one is wanted. */
function isAsked(list, name) {
  return list === undefined || list.split(',').includes(name)
}

function report({ results, streams, idle }) {
  const lines = []
  for (const load of new Set(results.map(({ load }) => load))) {
    const rows = results.filter((result) => result.load === load)
    lines.push('', rows[0].about, '')
    const cells = rows.map(({ name, cpuMicros, perSecond, p50Ms, p99Ms, errors }) => [
      name,
      cpuMicros.toFixed(1),
      perSecond.toFixed(0),
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      String(errors),
    ])
    lines.push(...tableLines(['proxy', 'CPU us/request', 'requests/s', 'p50 ms', 'p99 ms', 'errors'], cells))
  }
  if (streams.length > 0) {
    const cells = streams.map(({ name, cpuMicros, perSecond, p50Ms, p99Ms, lost }) => [
      name,
      cpuMicros.toFixed(1),
      perSecond.toFixed(0),
      p50Ms.toFixed(2),
      p99Ms.toFixed(2),
      String(lost),
    ])
    lines.push('', `${streams[0].streams} event streams, ten events per second each`, '')
    lines.push(...tableLines(['proxy', 'CPU us/event', 'events/s', 'p50 ms', 'p99 ms', 'streams lost'], cells))
  }
  if (idle.length > 0) {
    const cells = idle.map(({ name, kibPerConnection }) => [name, kibPerConnection.toFixed(1)])
    lines.push('', `${idle[0].connections} idle connections`, '')
    lines.push(...tableLines(['proxy', 'KiB resident/connection'], cells))
  }
  return lines
}

function judge(results, idle) {
  const small = (name) => results.find((result) => result.load === 'small' && result.name === name)
  const lanes = small('hotlane, lanes') ?? small('hotlane')
  const [own, haproxy] = [lanes?.cpuMicros, small('haproxy')?.cpuMicros]
  const memory = idle.find(({ name }) => name === 'hotlane')?.kibPerConnection
  const claims = []
  if (own !== undefined && haproxy !== undefined)
    claims.push([
      own <= goals.ofHaproxy * haproxy,
      `CPU at most ${goals.ofHaproxy} x HAProxy: ${(own / haproxy).toFixed(2)}`,
    ])
  for (const name of goProxies) {
    const peer = small(name)
    if (lanes === undefined || peer === undefined) continue
    const ratio = peer.cpuMicros / lanes.cpuMicros
    claims.push([ratio >= goals.betterThanGo, `CPU ${goals.betterThanGo} x better than ${name}: ${ratio.toFixed(2)}`])
    const p99 = `${lanes.p99Ms.toFixed(1)} and ${peer.p99Ms.toFixed(1)} ms`
    claims.push([lanes.p99Ms <= peer.p99Ms, `P99 not above that of ${name}: ${p99}`])
  }
  if (memory !== undefined)
    claims.push([memory <= goals.idleKib, `at most ${goals.idleKib} KiB per idle connection: ${memory.toFixed(1)}`])
  console.log()
  for (const [met, text] of claims) console.log(`${met ? 'met' : 'MISSED'}: ${text}`)
  return claims.every(([met]) => met) ? 0 : 1
}

function start(argv, scope, env = process.env) {
  const group = startGroup(argv, { directory: import.meta.dirname, graceMs: 3000, env })
  scope.defer(() => group.stop())
  return group
}

async function listening({ name, port, group }, signal) {
  let ended = false
  void group.exited.then(() => (ended = true))
  while (!(await accepts(port))) {
    if (ended) throw new Error(`${name} has ended:\n${group.output()}`)
    await delay(20, undefined, { signal })
  }
}
