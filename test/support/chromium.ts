import { existsSync } from 'node:fs'

/** Where Debian puts it; `CHROMIUM` names another one. */
export const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Why tests in a browser are skipped, for their title; empty where they are not. */
export const chromiumAbsent = existsSync(chromiumPath) ? '' : ` (skipped: no Chromium at ${chromiumPath}; set CHROMIUM)`

/** Nothing that looks for the network on its own. */
export const chromiumArgs: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
