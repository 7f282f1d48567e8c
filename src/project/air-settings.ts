import type { AirValues } from './air-values.ts'
import type { DraftWriter } from './draft.ts'
import { durationText } from './effective-values.ts'
import type { ForeignFile } from './foreign.ts'
import { killDelayMs } from './go-duration.ts'
import { describeValue, raise } from './problem.ts'

/** Above this no wait is needed before a build: what is written meanwhile aborts and renews it. */
const longestSettleMs = 50

export interface AirSettingsPlace {
  readonly file: ForeignFile
  readonly service: readonly string[]
}

/** Writes everything of air's but program, build and filters, with what means something else here. */
export function writeAirSettings(writer: DraftWriter, air: AirValues, place: AirSettingsPlace): void {
  const { service } = place
  const step = (line: string): unknown =>
    place.file.directory === place.file.root ? line : { command: line, cwd: place.file.directory }
  const before = air.list('build.pre_cmd') ?? []
  if (before.length > 0) {
    writer.set([...service, 'before'], before, air.position('build.pre_cmd'))
    if (!air.flag('build.stop_on_error')) {
      writer.note('A failed pre_cmd ends the cycle here; air would go on to the build.', air.position('build.pre_cmd'))
    }
  }
  const atExit = air.list('build.post_cmd') ?? []
  if (atExit.length > 0) writer.set(['hooks', 'exit'], atExit.map(step), air.position('build.post_cmd'))
  const envFiles = air.list('env_files') ?? []
  if (envFiles.length > 0) writer.set([...service, 'envFiles'], envFiles, air.position('env_files'))
  const expanded = (air.list('build.args_bin') ?? []).filter((word) => /[\s*?[$`]/.test(word))
  if (expanded.length > 0) {
    const words = expanded.map((word) => JSON.stringify(word)).join(', ')
    writer.note(
      `Each element of args_bin is one argument here; air lets a shell split and expand ${words}.`,
      air.position('build.args_bin'),
    )
  }
  if (air.has('proc.name') || air.has('proc.cmd')) {
    writer.note('air ignores the table [proc]; hotlane reads name and cmd of it.', air.position('proc'))
  }
  if (air.has('build.stop_on_error')) {
    const text =
      'stop_on_error has no counterpart: whatever it says, the running release keeps serving when a build fails.'
    writer.note(text, air.position('build.stop_on_error'))
  }
  writeStop(writer, air, place)
  writeWatch(writer, air)
  writeProxy(writer, air, place)
  if (air.flag('build.rerun')) writer.set([...service, 'restart'], true, air.position('build.rerun'))
  for (const key of ['log.silent', 'log.main_only']) if (air.flag(key)) writer.set(['quiet'], true, air.position(key))
  if (air.flag('screen.clear_on_rebuild')) writer.set(['clear'], true, air.position('screen.clear_on_rebuild'))
}

function writeStop(writer: DraftWriter, air: AirValues, place: AirSettingsPlace): void {
  const key = 'build.kill_delay'
  const written = air.raw(key)
  const delay =
    typeof written === 'number' || (typeof written === 'string' && written !== '') ? killDelayMs(written) : 0
  if (delay === undefined) {
    const params = { key, expected: 'a duration with a unit, such as "500ms"', actual: describeValue(written) }
    raise([{ code: 'HL1004', params, position: air.position(key) }])
  }
  if (!air.flag('build.send_interrupt') || delay === undefined) return
  writer.set([...place.service, 'stopSignal'], 'SIGINT', air.position('build.send_interrupt'))
  if (delay > 0) writer.set([...place.service, 'grace'], durationText(delay), air.position(key))
  if (delay > 5000) writer.note('air cuts kill_delay off at 5s; hotlane waits as long as it says.', air.position(key))
  if (delay === 0) {
    const text =
      'Without kill_delay air kills in the same instant in which it sends the interrupt; hotlane waits 5s at most.'
    writer.note(text, air.position(air.has(key) ? key : 'build.send_interrupt'))
  }
}

function writeWatch(writer: DraftWriter, air: AirValues): void {
  if (air.flag('build.poll')) writer.set(['watch', 'mode'], 'poll', air.position('build.poll'))
  const interval = air.whole('build.poll_interval')
  if (interval !== undefined && interval > 0) {
    writer.set(['watch', 'interval'], durationText(interval), air.position('build.poll_interval'))
  }
  if (!air.has('build.delay')) return
  writeSettle(writer, air.whole('build.delay') ?? 1000, air.position('build.delay'), {
    text: air.whole('build.delay') === undefined ? 'air reads delay = 0 as 1000 ms. ' : '',
  })
}

/** The wait before a build, as far as it is of use, and a word where it is not. */
export function writeSettle(
  writer: DraftWriter,
  delayMs: number,
  position: ReturnType<AirValues['position']>,
  before: { readonly text: string } = { text: '' },
): void {
  const settleMs = Math.min(longestSettleMs, Math.max(0, delayMs))
  writer.set(['watch', 'settle'], durationText(settleMs), position)
  if (delayMs > longestSettleMs) {
    writer.note(
      `${before.text}hotlane does not need this wait: it builds after ${settleMs} ms of silence, and a newer save aborts that build.`,
      position,
    )
  }
}

function writeProxy(writer: DraftWriter, air: AirValues, place: AirSettingsPlace): void {
  const { service, file } = place
  if (!air.flag('proxy.enabled')) {
    const text =
      'The proxy of air is not in use: requests go to the address of hotlane, and the app gets a port of its own in PORT.'
    writer.note(text, { file: file.shown })
    return
  }
  writer.set([...service, 'listen'], `:${air.whole('proxy.proxy_port') ?? 0}`, air.position('proxy.proxy_port'))
  writer.set([...service, 'reload'], true, air.position('proxy.enabled'))
  const port = air.whole('proxy.app_port')
  if (port !== undefined) {
    writer.set([...service, 'port'], port, air.position('proxy.app_port'))
    const text = `The app gets a port of its own in PORT; if it binds ${port} all the same, the old instance stops before the new one starts, and requests wait.`
    writer.note(text, air.position('proxy.app_port'))
  }
  const timeout = air.whole('proxy.app_start_timeout')
  if (timeout !== undefined && timeout > 0) {
    writer.set([...service, 'ready', 'timeout'], durationText(timeout), air.position('proxy.app_start_timeout'))
  }
}
