import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { edit, withVersion } from './edits.mjs'

const ginSmall = path.resolve(import.meta.dirname, '../apps/gin-small')

/**
 * Puts a small Gin service of one file into a directory. Apps answer `GET /` with `{"version": N}`, beginning at 1, and
 * listen on $PORT. `edits` are the kinds of edit: each makes the app answer with one more than before, and resolves with
 * that number. `breakSource` makes an app of which no new version can be served until the next edit mends it.
 */
export async function writeSmallGinApp(directory) {
  await cp(ginSmall, directory, { recursive: true })
  return oneFileApp(directory, 'main.go', '\nfunc broken() int { return "no number" }\n')
}

/** Puts a Node service without dependencies into a directory: what is measured where there is no Go. */
export async function writeNodeApp(directory) {
  await mkdir(directory, { recursive: true })
  await writeFile(path.join(directory, 'package.json'), '{ "name": "small", "type": "module", "main": "server.js" }\n')
  await writeFile(path.join(directory, 'server.js'), nodeSource)
  return oneFileApp(directory, 'server.js', '\nconst broken = (\n')
}

function oneFileApp(directory, name, mistake) {
  const file = path.join(directory, name)
  let version = 1
  return {
    directory,
    edits: {
      main: async (style) => {
        await edit(file, (text) => withVersion(text.replace(mistake, ''), ++version), style)
        return version
      },
    },
    breakSource: (style) => edit(file, (text) => text + mistake, style),
  }
}

const nodeSource = `import http from 'node:http'

const version = 1

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ version }))
})
server.listen(process.env.PORT)
`
