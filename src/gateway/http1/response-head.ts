import { SP } from './characters.ts'
import { ConnectionOptions } from './connection-options.ts'
import { cutNamed } from './cuts.ts'
import { badMessage } from './fault.ts'
import { FramingFields } from './framing-fields.ts'
import { Head, type FieldLine, type Span } from './head.ts'
import { Names } from './names.ts'
import { versionFault } from './version.ts'

const field = {
  contentLength: 1,
  transferEncoding: 2,
  connection: 3,
  keepAlive: 4,
  upgrade: 5,
  contentType: 6,
  ofOneHop: 7,
}

const names = new Names({
  'content-length': field.contentLength,
  'transfer-encoding': field.transferEncoding,
  connection: field.connection,
  'keep-alive': field.keepAlive,
  upgrade: field.upgrade,
  'content-type': field.contentType,
  te: field.ofOneHop,
  'proxy-authenticate': field.ofOneHop,
  'proxy-authorization': field.ofOneHop,
  'proxy-connection': field.ofOneHop,
})

const t = 0x74

/** The head of an answer (RFC 9112 section 4). `cuts` are the lines that the client must not get. */
export class ResponseHead extends Head {
  status = 0
  minor = 1
  readonly framing = new FramingFields()
  readonly connection = new ConnectionOptions()
  /** Milliseconds that the origin keeps the connection by its own word; 0 where it says nothing. */
  keepAliveMs = 0
  /** Where the value of Content-Type stands, if it is a `text/` type. */
  textStart = -1
  textEnd = -1
  /** Where `Transfer-Encoding` stands as a line. */
  codingStart = -1
  codingEnd = -1
  /** Values of `Upgrade`, as pairs of positions. */
  readonly upgrade: number[] = []

  constructor() {
    super(names)
  }

  renew(): void {
    this.reset()
    this.framing.reset()
    this.connection.reset()
    this.keepAliveMs = 0
    this.textStart = -1
    this.codingStart = -1
    if (this.upgrade.length > 0) this.upgrade.length = 0
  }

  protected override skipsEmptyLine(): boolean {
    return false
  }

  protected override startLine(bytes: Buffer, _base: number, { start, end }: Span): void {
    const digits = start + 9
    this.fault = versionFault(bytes, start, start + 8)
    if (this.fault !== undefined) return
    this.minor = (bytes[start + 7] ?? 0) - 0x30
    this.status = 0
    for (let at = digits; at < digits + 3; at++) {
      const digit = (bytes[at] ?? 0) - 0x30
      this.status = digit < 0 || digit > 9 ? Number.NaN : this.status * 10 + digit
    }
    const behind = digits + 3
    // Three digits below 100 parse, but are no status (RFC 9110 section 15).
    if (bytes[start + 8] !== SP || !(this.status >= 100) || (behind < end && bytes[behind] !== SP) || behind > end)
      this.fault = badMessage('an invalid status')
  }

  protected override field(id: number, bytes: Buffer, base: number, line: FieldLine): void {
    const start = base + line.valueStart
    const end = base + line.valueEnd
    switch (id) {
      case field.contentLength:
        return this.framing.contentLength(bytes, start, end)
      case field.transferEncoding:
        this.codingStart = line.start
        this.codingEnd = line.end
        return this.framing.transferEncoding(bytes, start, end, base + line.end)
      case field.contentType:
        if (((bytes[start] ?? 0) | 0x20) !== t) return
        this.textStart = line.valueStart
        this.textEnd = line.valueEnd
        return
    }
    this.cuts.push(line.start, line.end)
    if (id === field.connection) this.connection.read(bytes, start, end)
    else if (id === field.upgrade) this.upgrade.push(line.valueStart, line.valueEnd)
    else if (id === field.keepAlive) this.#learn(bytes.toString('latin1', start, end))
  }

  protected override conclude(bytes: Buffer, base: number): void {
    this.fault = this.framing.conclude()
    // It has none (RFC 9112 section 6.3), but not every reader knows that of every status below 200.
    if (this.status < 200 && (this.framing.chunked || this.framing.length > 0))
      this.fault ??= badMessage('a body behind an interim answer')
    if (this.fault === undefined && this.connection.namesFields) cutNamed(this, bytes, base)
  }

  #learn(value: string): void {
    const seconds = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,6})/i.exec(value)?.[1]
    if (seconds !== undefined) this.keepAliveMs = Math.max(1, Number(seconds) * 1000)
  }
}
