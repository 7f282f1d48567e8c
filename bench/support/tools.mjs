import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { startBare } from './bare.mjs'
import { startHotlane } from './hotlane.mjs'
import { startGroup } from './process-group.mjs'
import { findProgram, firstLineOf } from './programs.mjs'

/**
 * The tools that are compared. `find` resolves with `{ version, program }` or undefined where the tool is not installed;
 * `start` begins to serve an app at a port, and resolves with `{ output, exited, afterSave }`: its last lines,
 * its end, and a function that does by hand what the tool does not.
 */
export const tools = [
  { name: 'hotlane', about: 'hotlane dev, no config', find: findHotlane, start: runHotlane },
  { name: 'air', about: 'air, defaults', find: () => findPeer('air', ['-v']), start: runPeer([]) },
  {
    name: 'air-50',
    about: 'air, delay = 50',
    find: () => findPeer('air', ['-v']),
    start: runPeer(['--build.delay=50']),
  },
  { name: 'wgo', about: 'wgo run, defaults', find: () => findPeer('wgo', ['-h']), start: runPeer(['run', '.']) },
  { name: 'fresh', about: 'fresh, defaults', find: () => findPeer('fresh', ['-h']), start: runPeer([]) },
  { name: 'bare', about: 'stop, go build, start: by hand', find: findBare, start: startBare },
]

async function findHotlane() {
  const manifest = await readFile(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')
  return { version: JSON.parse(manifest).version }
}

async function findBare() {
  return { version: await firstLineOf('go', ['env', 'GOVERSION']) }
}

async function findPeer(name, versionArgs) {
  const program = await findProgram(name)
  if (program === undefined) return undefined
  // The module version that `go install` stamped is the same words for every tool; their own banners are not.
  const stamped = await firstLineOf('sh', ['-c', 'go version -m "$0" | grep -w mod', program])
  return { program, version: stamped?.trim().split(/\s+/)[2] ?? (await firstLineOf(program, versionArgs)) ?? 'unknown' }
}

async function runHotlane({ app, port }, scope) {
  const hotlane = startHotlane({ directory: app.directory, args: ['--listen', `127.0.0.1:${port}`] }, scope)
  return { output: hotlane.output, exited: hotlane.exited, afterSave: nothing }
}

function runPeer(args) {
  return async ({ app, port, program }, { defer }) => {
    const group = startGroup([program, ...args], {
      directory: app.directory,
      env: { ...process.env, PORT: String(port) },
      // air kills its app only when it is asked to end itself; with SIGKILL the app would live on.
      stopSignal: 'SIGINT',
    })
    defer(group.stop)
    return { output: group.output, exited: group.exited, afterSave: nothing }
  }
}

async function nothing() {}
