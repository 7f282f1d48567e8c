// Loads a proxy with HTTP/2, for the gateway benchmark: arguments are URL, connections, streams of each at once, and seconds.
// Prints `{ requests, errors, perSecond, p50Ms, p99Ms }`.
import { once } from 'node:events'
import { connect } from 'node:http2'
import { percentile } from './figures.mjs'

const [url, connections, streams, seconds] = process.argv.slice(2)
const latencies = []
let errors = 0
const began = performance.now()
const latest = began + Number(seconds) * 1000

async function ask(session) {
  const began = performance.now()
  const stream = session.request({ ':path': '/' })
  let status
  stream.on('response', (headers) => (status = headers[':status']))
  stream.resume()
  await once(stream, 'close').catch(() => undefined)
  if (status === 200 && stream.rstCode === 0) latencies.push(performance.now() - began)
  else errors++
}

async function client() {
  const session = connect(url, { rejectUnauthorized: false })
  session.on('error', () => errors++)
  await once(session, 'connect')
  const loop = async () => {
    while (performance.now() < latest && !session.destroyed) await ask(session)
  }
  await Promise.all(Array.from({ length: Number(streams) }, loop))
  session.close()
}

await Promise.all(Array.from({ length: Number(connections) }, client))
const perSecond = (latencies.length * 1000) / (performance.now() - began)
const [p50Ms, p99Ms] = [percentile(latencies, 0.5), percentile(latencies, 0.99)]
console.log(JSON.stringify({ requests: latencies.length, errors, perSecond, p50Ms, p99Ms }))
