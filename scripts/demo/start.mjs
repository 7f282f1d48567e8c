import { startHotlane } from '../../bench/support/hotlane.mjs'
import { formatMs } from './paper.mjs'

const firstBuildMs = 300_000

/** Starts `hotlane dev`; resolves with it and the address of each service when all of them serve. */
export async function start(paper, { shop, directory }, scope) {
  const names = Object.keys(shop.sources)
  const progress = paper.progress('start', `hotlane dev: ${shop.firstBuild}`)
  const onEvent = (event) => event.type === 'build.output' && progress.now(event.line)
  const hotlane = startHotlane({ directory, onEvent }, scope)
  try {
    await allServe(hotlane, names)
  } catch (error) {
    progress.done()
    throw error
  }
  progress.done(`${names.join(' and ')} serve, ${formatMs(performance.now() - hotlane.startedAt)} after the start`)
  const urls = {}
  for (const event of hotlane.events) if (event.type === 'gateway.listening') urls[event.service] = event.url
  for (const name of names) paper.more(`${name.padEnd(8)}${paper.color.cyan(urls[name])}`)
  return { hotlane, urls }
}

/** @throws Error with what hotlane told, when a service cannot be built or started */
async function allServe(hotlane, names) {
  const waiting = new Set(names)
  const options = { what: 'that all services serve', timeoutMs: firstBuildMs }
  for (let from = 0; waiting.size > 0;) {
    const event = await hotlane.sawEvent(isNews, { ...options, from })
    from = hotlane.events.indexOf(event) + 1
    if (event.error !== undefined) throw new Error(`${event.error.message}\n${event.error.output ?? ''}`)
    waiting.delete(event.service)
  }
}

function isNews({ type }) {
  return type === 'service.switched' || /^(project|build|instance)\.failed$/.test(type)
}
