import { equalsIgnoringCase } from './names.ts'
import { isSpace } from './head.ts'

const COMMA = 0x2c
const closeText = Buffer.from('close')
const keepAliveText = Buffer.from('keep-alive')
const upgradeText = Buffer.from('upgrade')

/** What `Connection` says (RFC 9110 section 7.6.1). */
export class ConnectionOptions {
  close = false
  keepAlive = false
  upgrade = false
  /** It names fields that must not be passed on. */
  namesFields = false

  reset(): void {
    this.close = false
    this.keepAlive = false
    this.upgrade = false
    this.namesFields = false
  }

  read(bytes: Buffer, start: number, end: number): void {
    let from = start
    for (let at = start; at <= end; at++) {
      if (at < end && bytes[at] !== COMMA) continue
      let to = at
      while (from < to && isSpace(bytes[from])) from++
      while (to > from && isSpace(bytes[to - 1])) to--
      if (to > from) this.#option(bytes, from, to)
      from = at + 1
    }
  }

  #option(bytes: Buffer, start: number, end: number): void {
    const length = end - start
    if (length === keepAliveText.length && equalsIgnoringCase(bytes, start, keepAliveText)) this.keepAlive = true
    else if (length === closeText.length && equalsIgnoringCase(bytes, start, closeText)) this.close = true
    else if (length === upgradeText.length && equalsIgnoringCase(bytes, start, upgradeText)) this.upgrade = true
    else this.namesFields = true
  }
}
