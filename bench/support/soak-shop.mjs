import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { hotlaneCommand } from './hotlane.mjs'
import { freePort } from './ports.mjs'
import { startGroup } from './process-group.mjs'
import { makeTemporary } from './temporary.mjs'

const root = path.resolve(import.meta.dirname, '../..')

/**
 * A copy of an example shop (`gin` or `node`) on free ports, with a ledger beside it and `load` added to its settings.
 * Resolves with its directory.
 */
export async function openShop({ shop, load }, scope) {
  const directory = path.join(await makeTemporary('soak', scope), 'shop')
  await cp(path.join(root, 'examples', `${shop}-shop`), directory, { recursive: true })
  const [orders, auth] = [await freePort(), await freePort()]
  const ledger = path.join(path.dirname(directory), 'ledger')
  const file = path.join(directory, 'hotlane.yaml')
  const settings = (await readFile(file, 'utf8'))
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${orders}`)
    .replaceAll('127.0.0.1:8081', `127.0.0.1:${auth}`)
    .replace('    env:\n', `    env:\n      LEDGER: ${ledger}\n`)
  await writeFile(file, `${settings}${load}`)
  return { directory }
}

/**
 * `hotlane verify orders` with these words; resolves with its report. `onDeployment` is told each deployment of its own;
 * `onBegin` that the phase between before and after begins.
 */
export async function verifyShop({ directory }, words, { onDeployment, onBegin } = {}, { signal, defer }) {
  const file = path.join(path.dirname(directory), 'report.json')
  const argv = [...hotlaneCommand(), 'verify', 'orders', ...words, '-o', file]
  const group = startGroup(argv, {
    directory,
    onLine: (line, stream) => {
      if (stream !== 'stderr') return
      if (line.endsWith(': begins')) onBegin?.()
      if (line.endsWith(': done')) onDeployment?.()
    },
  })
  defer(group.stop)
  const { code } = await group.exited
  await group.stop()
  signal.throwIfAborted()
  if (code > 1) throw new Error(group.output())
  return JSON.parse(await readFile(file, 'utf8'))
}
