import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setVersion } from './edits.mjs'

const ginSmall = path.resolve(import.meta.dirname, '../apps/gin-small')

/**
 * Puts a small Gin service of one file into a directory. Apps answer `GET /` with `{"version": N}`, beginning at 1, and
 * listen on $PORT. `edits` are the kinds of edit: each makes the app answer with one more than before.
 */
export async function writeSmallGinApp(directory) {
  await cp(ginSmall, directory, { recursive: true })
  const file = path.join(directory, 'main.go')
  return { directory, language: 'go', edits: { main: counter(file) }, source: file, broken: breakGo }
}

/** Puts a Node service without dependencies into a directory: what is measured where there is no Go. */
export async function writeNodeApp(directory) {
  await mkdir(directory, { recursive: true })
  const file = path.join(directory, 'server.js')
  await writeFile(path.join(directory, 'package.json'), '{ "name": "small", "type": "module", "main": "server.js" }\n')
  await writeFile(
    file,
    [
      "import http from 'node:http'",
      'const version = 1',
      'const server = http.createServer((request, response) => {',
      "  response.setHeader('content-type', 'application/json')",
      '  response.end(JSON.stringify({ version }))',
      '})',
      'server.listen(process.env.PORT)',
      '',
    ].join('\n'),
  )
  return { directory, language: 'node', edits: { main: counter(file) }, source: file, broken: breakNode }
}

/** An edit that raises the version in a file by one each time; resolves with the new number. */
export function counter(file, first = 1) {
  let version = first
  return async (style) => {
    await setVersion(file, ++version, style)
    return version
  }
}

function breakGo(text) {
  return `${text}\nfunc broken() int { return "no number" }\n`
}

function breakNode(text) {
  return `${text}\nconst broken = (\n`
}
