import { hostOctets, SP, targetOctets, tokenOctets } from './characters.ts'
import { ConnectionOptions } from './connection-options.ts'
import { cutNamed, sortCuts } from './cuts.ts'
import { badMessage, type Fault } from './fault.ts'
import { FramingFields } from './framing-fields.ts'
import { Head, type FieldLine, type Span } from './head.ts'
import { targetLimitBytes } from './limits.ts'
import { requestField, requestNames } from './request-names.ts'
import { versionFault } from './version.ts'
import { isRequestId, isTraceparent } from './trace-context.ts'

/** Enough for every registered method and then some. */
const methodLimitBytes = 64
const slash = 0x2f

/**
 * The head of a request (RFC 9112 section 3). Positions are relative to its first octet, -1 where there is none. When it is
 * done, `cuts` are the lines that the origin must not get as they are: those of one hop, and what is said about
 * forwarding and tracing where it is not believed or not well formed.
 */
export class RequestHead extends Head {
  methodStart = 0
  methodEnd = 0
  targetEnd = 0
  /** The digit behind `HTTP/1.`. */
  minor = 1
  hostStart = -1
  hostEnd = -1
  upgradeStart = -1
  upgradeEnd = -1
  upgradeLines = 0
  /** `TE` lists trailers. */
  takesTrailers = false
  traced = false
  named = false
  readonly framing = new FramingFields()
  readonly connection = new ConnectionOptions()
  /** What a trusted peer says: values as pairs of positions. */
  readonly forwardedFor: number[] = []
  readonly forwardedProto: number[] = []
  readonly forwardedHost: number[] = []
  readonly #traceLines: number[] = []
  #traceparents = 0
  #trusted = false

  constructor() {
    super(requestNames)
  }

  /** `trusted`: what the peer says about earlier hops is believed. */
  renew(trusted: boolean): void {
    this.reset()
    this.#trusted = trusted
    this.hostStart = -1
    this.upgradeStart = -1
    this.upgradeLines = 0
    this.takesTrailers = false
    this.traced = false
    this.named = false
    this.framing.reset()
    this.connection.reset()
    // To set the length of an array is a call of the runtime, even where it has it.
    if (this.forwardedFor.length > 0) this.forwardedFor.length = 0
    if (this.forwardedProto.length > 0) this.forwardedProto.length = 0
    if (this.forwardedHost.length > 0) this.forwardedHost.length = 0
    if (this.#traceLines.length > 0) this.#traceLines.length = 0
    this.#traceparents = 0
  }

  /** The head says how long the body is, if only that it is empty (RFC 9112 section 6). */
  get framed(): boolean {
    return this.framing.chunked || this.framing.length !== -1
  }

  get hasBody(): boolean {
    return this.framing.chunked || this.framing.length > 0
  }

  get upgrades(): boolean {
    return this.connection.upgrade && this.upgradeLines === 1 && this.minor === 1 && !this.hasBody
  }

  protected override skipsEmptyLine(): boolean {
    return true
  }

  protected override tooLong(length: number): Fault {
    return this.fieldsStart === 0 ? { status: 414, why: `a request line of ${length} bytes` } : super.tooLong(length)
  }

  protected override startLine(bytes: Buffer, base: number, { start, end }: Span): void {
    let at = start
    while (tokenOctets[bytes[at] ?? 0] === 1) at++
    this.methodStart = start - base
    this.methodEnd = at - base
    if (at === start || bytes[at] !== SP || at - start > methodLimitBytes) {
      this.fault = badMessage('an invalid method')
      return
    }
    const target = ++at
    while (targetOctets[bytes[at] ?? 0] === 1) at++
    this.targetEnd = at - base
    if (at - target > targetLimitBytes) this.fault = { status: 414, why: `a target of ${at - target} bytes` }
    else if (at === target || bytes[at] !== SP) this.fault = badMessage('an invalid target')
    else this.fault = versionFault(bytes, at + 1, end)
    if (this.fault !== undefined) return
    this.minor = (bytes[end - 1] ?? 0) - 0x30
    if (bytes[target] !== slash && !this.#isOtherForm(bytes, base)) this.fault = badMessage('an invalid target')
  }

  protected override field(id: number, bytes: Buffer, base: number, line: FieldLine): void {
    const start = base + line.valueStart
    const end = base + line.valueEnd
    switch (id) {
      case requestField.host:
        if (this.hostStart !== -1) this.fault = badMessage('more than one Host field')
        this.hostStart = line.valueStart
        this.hostEnd = line.valueEnd
        for (let at = start; at < end; at++)
          if (hostOctets[bytes[at] ?? 0] !== 1) this.fault = badMessage('an invalid Host')
        return
      case requestField.contentLength:
        return this.framing.contentLength(bytes, start, end)
      case requestField.transferEncoding:
        return this.framing.transferEncoding(bytes, start, end, base + line.end)
      case requestField.requestId:
        if (!this.named && isRequestId(bytes, start, end)) this.named = true
        else this.#cut(line)
        return
      case requestField.traceparent:
        this.traced = ++this.#traceparents === 1 && isTraceparent(bytes, start, end)
        this.#traceLines.push(line.start, line.end)
        return
      case requestField.tracestate:
        this.#traceLines.push(line.start, line.end)
        return
      case requestField.forwarded:
        if (!this.#trusted) this.#cut(line)
        return
      default:
        this.#cut(line)
    }
    switch (id) {
      case requestField.connection:
        return this.connection.read(bytes, start, end)
      case requestField.upgrade:
        // `h2c` would tie the connection to one instance for good, and RFC 9113 has removed it: as a server may, it is
        // not taken (RFC 9110 section 7.8). The same goes for an upgrade that is spread over several lines.
        this.upgradeLines += isCleartextHttp2(bytes.toString('latin1', start, end)) ? 2 : 1
        this.upgradeStart = line.valueStart
        this.upgradeEnd = line.valueEnd
        return
      case requestField.te:
        this.takesTrailers ||= /(^|,)[ \t]*trailers[ \t]*($|[,;])/i.test(bytes.toString('latin1', start, end))
        return
      case requestField.forwardedFor:
        return this.#believe(this.forwardedFor, line)
      case requestField.forwardedProto:
        return this.#believe(this.forwardedProto, line)
      case requestField.forwardedHost:
        return this.#believe(this.forwardedHost, line)
    }
  }

  protected override conclude(bytes: Buffer, base: number): void {
    this.fault = this.framing.conclude()
    if (this.hostStart === -1 && this.minor === 1) this.fault ??= badMessage('no Host field')
    // A peer of HTTP/1.0 knows no chunks, so somebody between has put them there (RFC 9112 section 6.1).
    if (this.framing.chunked && this.minor === 0) this.fault ??= badMessage('Transfer-Encoding in HTTP/1.0')
    if (this.fault !== undefined) return
    if (this.#traceLines.length > 0 && !this.traced) {
      this.cuts.push(...this.#traceLines)
      sortCuts(this.cuts)
    }
    if (this.connection.namesFields) cutNamed(this, bytes, base)
  }

  /** Absolute form, the `*` of OPTIONS, or the authority of CONNECT. */
  #isOtherForm(bytes: Buffer, base: number): boolean {
    const method = bytes.toString('latin1', base + this.methodStart, base + this.methodEnd)
    const target = bytes.toString('latin1', base + this.methodEnd + 1, base + this.targetEnd)
    if (method === 'CONNECT') return true
    return target === '*' ? method === 'OPTIONS' : /^https?:\/\/[^/?@]+(?:[/?]|$)/i.test(target)
  }

  #believe(values: number[], line: FieldLine): void {
    if (this.#trusted) values.push(line.valueStart, line.valueEnd)
  }

  #cut(line: FieldLine): void {
    this.cuts.push(line.start, line.end)
  }
}

function isCleartextHttp2(protocols: string): boolean {
  return protocols.split(',').some((protocol) => protocol.trim().toLowerCase() === 'h2c')
}
