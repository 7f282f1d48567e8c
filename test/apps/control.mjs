// Starts instances that outlive it, by the built package, and stays: arguments are JSON { processes, logs, specs }.
// Prints {"started":pid} per spawn and {"ready":{…}} or {"failed":code} per instance, one line each.
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const built = path.resolve(import.meta.dirname, '../../dist/supervise/detached/start.js')
const { startDetached } = await import(pathToFileURL(built).href)
const { processes, logs, specs } = JSON.parse(process.argv[2])
const tell = (said) => process.stdout.write(`${JSON.stringify(said)}\n`)
setInterval(() => undefined, 1 << 30)
for (const spec of specs) {
  const context = { processes, logs, started: (pid) => tell({ started: pid }) }
  startDetached(spec, context, new AbortController().signal).then(
    ({ pid, host, port }) => tell({ ready: { pid, host, port } }),
    (error) => tell({ failed: error.code ?? String(error) }),
  )
}
