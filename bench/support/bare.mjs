import path from 'node:path'
import { startGroup } from './process-group.mjs'

/**
 * What a developer without a tool does after each save: stop the old process, `go build`, start the new one. No tool
 * that uses `go build` can be faster, so it is the floor of the comparison.
 */
export async function startBare({ app, port }, { defer }) {
  const binary = path.join(app.directory, 'tmp', 'bare')
  let running
  async function build() {
    const builder = startGroup(['go', 'build', '-o', binary, '.'], { directory: app.directory })
    const { code } = await builder.exited
    await builder.stop()
    if (code !== 0) throw new Error(`go build failed:\n${builder.output()}`)
  }
  function start() {
    running = startGroup([binary], {
      directory: app.directory,
      env: { ...process.env, PORT: String(port) },
      stopSignal: 'SIGTERM',
    })
  }
  defer(async () => running?.stop())
  await build()
  start()
  return {
    output: () => running.output(),
    // Each save ends the process of the one before: no end is unexpected here.
    exited: new Promise(() => undefined),
    afterSave: async () => {
      await running.stop()
      await build()
      start()
    },
  }
}
