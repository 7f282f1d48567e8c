import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { freePort } from '../../bench/support/ports.mjs'

const examples = path.resolve(import.meta.dirname, '../../examples')

/** The example projects that the demo can show. `source` holds the version that `GET /version` tells. */
export const shops = {
  go: {
    name: 'gin-shop',
    about: 'orders and auth, two Gin services',
    firstBuild: 'go build; the first one downloads and compiles Gin',
    sources: { orders: 'cmd/orders/main.go', auth: 'cmd/auth/main.go' },
    mistake: '\nfunc price() int { return "ten" }\n',
    mistakeInWords: 'a function that should return a number returns a text',
  },
  node: {
    name: 'node-shop',
    about: 'orders and auth, two Node services',
    firstBuild: 'nothing to build',
    sources: { orders: 'orders/main.js', auth: 'auth/main.js' },
    mistake: '\nconst price = (\n',
    mistakeInWords: 'an expression that does not end',
  },
}

/**
 * Copies an example project into a directory, and lets its services listen on free ports: whatever holds 8080 here keeps
 * it.
 */
export async function copyShop(shop, directory) {
  const source = path.join(examples, shop.name)
  const filter = (file) => !['.hotlane', 'node_modules', 'tmp'].includes(path.basename(file))
  await cp(source, directory, { recursive: true, filter })
  const settings = path.join(directory, 'hotlane.yaml')
  let text = await readFile(settings, 'utf8')
  const ports = [...text.matchAll(/^\s*listen:\s*\S*?(\d+)\s*(?:#.*)?$/gm)].map(([, port]) => port)
  // Other services and environment values name the same ports: all of them move together.
  for (const port of new Set(ports)) text = text.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), String(await freePort()))
  await writeFile(settings, text)
}

/** The number in the version that a body tells: 3 in `{"version":"v3"}`. NaN where there is none. */
export function versionIn(body) {
  return Number(/"version"\s*:\s*"?v?(\d+)/.exec(body)?.[1] ?? Number.NaN)
}
