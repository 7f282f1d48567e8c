import { cp } from 'node:fs/promises'
import path from 'node:path'
import { edit, withVersion } from '../edits.mjs'
import { startHotlane } from '../hotlane.mjs'
import { startGroup } from '../process-group.mjs'
import { answers } from './instances.mjs'

const apps = path.resolve(import.meta.dirname, '../../apps/ledger')

/** air with its defaults on the Go app: each deployment is a save. */
export async function openAir({ program, directory, port, ledger }, scope) {
  const { app, deploy } = await savedApp(directory, port, scope)
  const env = { ...process.env, PORT: String(port), LEDGER: ledger }
  const group = startGroup([program], { directory: app, env, stopSignal: 'SIGINT' })
  scope.defer(group.stop)
  return deploy()
}

/** `hotlane dev` without a settings file on the same app, in the same way. */
export async function openHotlane({ directory, port, ledger }, scope) {
  const { app, deploy } = await savedApp(directory, port, scope)
  const { PORT: _, ...env } = process.env
  startHotlane({ directory: app, args: ['--listen', `127.0.0.1:${port}`], env: { ...env, LEDGER: ledger } }, scope)
  return deploy()
}

async function savedApp(directory, port, { signal }) {
  const app = path.join(directory, 'app')
  for (const name of ['main.go', 'go.mod']) await cp(path.join(apps, name), path.join(app, name))
  const url = `http://127.0.0.1:${port}/`
  let version = 1
  const deploy = async () => {
    await answers(url, '1', signal)
    return {
      url,
      deploy: async () => {
        version++
        await edit(path.join(app, 'main.go'), (text) => withVersion(text, version))
        await answers(url, String(version), signal)
      },
    }
  }
  return { app, deploy }
}
