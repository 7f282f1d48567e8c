const kinds = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ECONNABORTED: 'reset',
  ETIMEDOUT: 'timeout',
  HPE_INVALID_CONSTANT: 'unreadable',
  HPE_INVALID_EOF_STATE: 'reset',
}

/** The kind of a request's failure by the code of its error; `other` for codes that say nothing about the peer. */
export function failureKind(error) {
  return kinds[error.code] ?? 'other'
}
