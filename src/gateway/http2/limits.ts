import { constants, type Settings } from 'node:http2'

/** Requests of one connection of a client that are under way at once. */
export const streamLimit = 100

/** Octets of one stream that may wait unread (RFC 9113 section 6.9.2 gives the same to start with). */
const streamWindowBytes = 65_535

/** One stream that nobody reads for a while must not stop the others, so the connection takes as much as all of them. */
export const connectionWindowBytes = streamLimit * streamWindowBytes

/** Field lines of one head. */
const pairLimit = 1000

/** Octets of a head, with 32 for each field (RFC 9113 section 6.5.2). */
const headerListBytes = 128 * 1024

/**
 * What clients are told, and what is not left to node's own defaults. Those bound what is sent without end: settings,
 * pings, CONTINUATION frames, and streams that are opened and reset at once. Extended CONNECT (RFC 8441) is not offered.
 */
export const settings: Settings = {
  maxConcurrentStreams: streamLimit,
  initialWindowSize: streamWindowBytes,
  maxHeaderListSize: headerListBytes,
  enableConnectProtocol: false,
}

export const sessionOptions = { settings, maxHeaderListPairs: pairLimit, maxSendHeaderBlockLength: headerListBytes }

/** Sent for a stream that ends before its time (RFC 9113 section 8.1). */
export const brokenOff = constants.NGHTTP2_INTERNAL_ERROR
