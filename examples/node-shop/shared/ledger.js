import { appendFileSync, readFileSync } from 'node:fs'

/**
 * Appends the id of every request to a file before it is executed: by it `hotlane verify --ledger /__ledger` tells which
 * requests were lost and which were executed twice. A file outlives the instance, and instances that overlap may share
 * it: each line is one append.
 */
export function keepLedger(file) {
  return {
    enter: ({ headers }) => {
      const id = headers['x-hotlane-verify-id']
      if (id !== undefined) appendFileSync(file, `${id}\n`)
    },
    tell: (_, response) => response.end(readFileSync(file, { flag: 'a+' })),
  }
}
