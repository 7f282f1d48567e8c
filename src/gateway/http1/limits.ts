/** Larger than what common servers take, so that the gateway refuses no head that the app would read. */
export const headLimitBytes = 256 * 1024

export const targetLimitBytes = 64 * 1024

export const fieldLimit = 4096

/** Octets that the chunk extensions of one message may take, beyond one for each octet of its data. */
export const extensionLimitBytes = 16 * 1024

/** The trailer section of one message. */
export const trailerLimitBytes = 64 * 1024
