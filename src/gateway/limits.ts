/** Larger than what common servers take, so that the gateway refuses no head that the app would read. */
export const headLimitBytes = 256 * 1024

/** How long an orderly end of a stream may take before it is cut. */
export const lingerMs = 1000
