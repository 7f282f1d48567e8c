import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { exists } from '../support/files.ts'
import { baseName, type Program, serviceName } from './program.ts'
import type { ServiceSettings } from './schema.ts'
import { hasShellSyntax, splitWords } from './words.ts'
import { parseJsonObject } from '../support/json.ts'

const watchers = /(^|[\s/;&|])(nodemon|node-dev|ts-node-dev|tsx\s+watch|air|wgo|pm2-dev|supervisor)(\s|$)|--watch\b/
const frontends =
  /(^|[\s/;&|])(vite|next|nuxt|webpack(-dev-server)?|react-scripts|ng|astro|parcel|vue-cli-service|svelte-kit|remix|http-server|serve)(\s|$)/
const serves = /\.listen\s*\(|\bcreateServer\s*\(|\bserve\s*\(|Bun\.serve|Deno\.serve/

interface Manifest {
  readonly name?: string
  readonly main?: string
  readonly scripts: Readonly<Record<string, string>>
}

/** The program of the package.json in a directory, if there is one that can be started without a watcher of its own. */
export async function detectNode(
  directory: string,
  root: string,
  platform: NodeJS.Platform,
): Promise<readonly Program[]> {
  const manifest = await readManifest(directory)
  if (manifest === undefined) return []
  const name = manifest.name === undefined ? serviceName(path.basename(directory)) : baseName(manifest.name)
  const { start, dev } = manifest.scripts
  const base = { name, directory }
  if (start !== undefined && !watchers.test(start) && !frontends.test(start)) {
    return [{ ...base, listens: true, settings: await scripted(start, { directory, root, platform, manifest }) }]
  }
  const entry = await entryFile(directory, manifest, start)
  if (entry !== undefined) {
    const text = await readFile(path.join(directory, entry), 'utf8').catch(() => '')
    const note =
      start === undefined ? undefined : `hotlane watches by itself: "node ${entry}" takes the place of "${start}".`
    const settings: ServiceSettings = { build: false, run: ['node', entry] }
    return [{ ...base, listens: serves.test(text), settings, ...(note === undefined ? {} : { note }) }]
  }
  const stripped = [start, dev].map(withoutWatcher).find((script) => script !== undefined)
  if (stripped !== undefined) {
    const settings = await scripted(stripped, { directory, root, platform, manifest })
    const note = `hotlane watches by itself: "${stripped}" takes the place of "${start ?? dev ?? ''}".`
    return [{ ...base, listens: true, settings, note }]
  }
  const last = [start, dev].find((script) => script !== undefined && !watchers.test(script))
  if (last === undefined) return []
  const settings = await scripted(last, { directory, root, platform, manifest })
  return [{ ...base, listens: false, settings }]
}

/** The same program without its own watching, where that is one word of a plain line; else undefined. */
function withoutWatcher(script: string | undefined): string | undefined {
  if (script === undefined || hasShellSyntax(script)) return undefined
  const stripped = script.replace(/^tsx\s+watch\s+/, 'tsx ').replace(/^node\s+--watch\s+/, 'node ')
  return stripped === script || watchers.test(stripped) ? undefined : stripped
}

interface Place {
  readonly directory: string
  readonly root: string
  readonly platform: NodeJS.Platform
  readonly manifest: Manifest
}

async function scripted(script: string, place: Place): Promise<ServiceSettings> {
  const words = splitWords(script, { backslash: place.platform !== 'win32' })
  const plain = words?.[0] === 'node' && !hasShellSyntax(script)
  const run = plain && words !== undefined ? [...words] : await shellLine(script, place)
  const output = /(?:^|[\s./])(dist|build)\//.exec(script)?.[1]
  if (output === undefined || place.manifest.scripts['build'] === undefined) return { build: false, run }
  const build = { command: [await packageTool(place.directory), 'run', 'build'] }
  // What the build writes must not lead to the next build.
  return { build, run, watch: { ignore: [`/${output}/**`] } }
}

/** As npm runs a script: with the programs of the package's dependencies on the PATH. */
async function shellLine(script: string, place: Place): Promise<string> {
  if (place.platform === 'win32') return `npm run ${place.manifest.scripts['start'] === script ? 'start' : 'dev'}`
  const bins: string[] = []
  for (let at = place.directory; ; at = path.dirname(at)) {
    if (at === place.directory || (await exists(path.join(at, 'node_modules', '.bin')))) {
      bins.push(path.posix.join('$PWD', path.relative(place.directory, at), 'node_modules/.bin'))
    }
    if (at === place.root || at === path.dirname(at)) break
  }
  return `PATH="${bins.join(':')}:$PATH"; ${script}`
}

async function entryFile(
  directory: string,
  manifest: Manifest,
  start: string | undefined,
): Promise<string | undefined> {
  const watched = start === undefined ? undefined : splitWords(start)?.findLast((word) => /\.[cm]?js$/.test(word))
  for (const file of [watched, manifest.main, 'server.js', 'index.js', 'app.js']) {
    if (file !== undefined && (await exists(path.join(directory, file)))) return file
  }
  return undefined
}

async function packageTool(directory: string): Promise<string> {
  if (await exists(path.join(directory, 'pnpm-lock.yaml'))) return 'pnpm'
  return (await exists(path.join(directory, 'yarn.lock'))) ? 'yarn' : 'npm'
}

async function readManifest(directory: string): Promise<Manifest | undefined> {
  const text = await readFile(path.join(directory, 'package.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  // One that cannot be read tells nothing; the tool that needs it will say so itself.
  const content = parseJsonObject(text) ?? {}
  const scripts = content['scripts']
  const lines = typeof scripts === 'object' && scripts !== null ? Object.entries(scripts) : []
  return {
    ...(typeof content['name'] === 'string' ? { name: content['name'] } : {}),
    ...(typeof content['main'] === 'string' ? { main: content['main'] } : {}),
    scripts: Object.fromEntries(lines.filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
  }
}
