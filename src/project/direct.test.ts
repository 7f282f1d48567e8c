import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { HotlaneError } from '../support/errors.ts'
import { renderSettings } from './render.ts'
import { load, only, trees } from '../../test/project/tree.ts'

const tree = trees()

async function failure(text: string): Promise<HotlaneError> {
  const error: unknown = await load(tree({ 'hotlane.yaml': text })).catch((thrown: unknown) => thrown)
  if (error instanceof HotlaneError) return error
  throw new Error(`no error of hotlane's: ${String(error)}`)
}

async function ports(text: string): Promise<readonly number[]> {
  const { project } = await load(tree({ 'hotlane.yaml': text }))
  return project.services.map(({ listen }) => listen.port)
}

describe('direct: true', () => {
  test('leaves pages as they are, and means the same when it is printed and read again', async () => {
    const root = tree({ 'hotlane.yaml': 'run: x\nlisten: 9000\ndirect: true\n' })
    const loaded = await load(root)
    const service = only(loaded)
    expect(service).toMatchObject({ direct: true, browserReload: false, listen: { port: 9000 } })
    const text = renderSettings(loaded)
    expect(text).toMatch(/^ {4}direct: true # hotlane\.yaml:3:9$/m)
    writeFileSync(path.join(root, 'hotlane.yaml'), text)
    expect(only(await load(root))).toEqual(service)
  })

  test('false is as if nothing was said', async () => {
    const [said, unsaid] = [tree({ 'hotlane.yaml': 'run: x\ndirect: false\n' }), tree({ 'hotlane.yaml': 'run: x\n' })]
    expect(JSON.stringify(only(await load(said))).replaceAll(said, unsaid)).toBe(
      JSON.stringify(only(await load(unsaid))),
    )
  })

  test.each([
    ['route: /api', '2:8', 'route should be / beside "direct: true", but is the text "/api"'],
    ['route: { host: a.test }', '2:1', 'route should be / beside'],
    ['listen: { address: 80, tls: dev }', '2:29', 'listen.tls should be nothing beside'],
    ['protocol: h2c', '2:11', 'protocol should be nothing beside'],
    ['port: 3000', '2:7', 'port should be nothing beside "direct: true", but is 3000'],
    ['overlap: hold', '2:10', 'overlap should be auto beside'],
    ['reload: true', '2:9', 'reload should be false beside'],
    ['build: { go: ., debug: true }', '2:24', 'build.debug should be false beside'],
  ])('does not go beside %j', async (line, place, message) => {
    const error = await failure(`direct: true\n${line}\n${line.startsWith('build') ? '' : 'run: x\n'}`)
    expect(error.code).toBe('HL1004')
    expect(error.message).toContain(message)
    expect(`${error.position?.line}:${error.position?.column}`).toBe(place)
  })

  test('goes beside what says the default', async () => {
    const rest = 'route: /\nprotocol: http1\noverlap: auto\nreload: false\nbuild: { go: ., debug: false }\n'
    expect(only(await load(tree({ 'hotlane.yaml': `direct: true\n${rest}` }))).direct).toBe(true)
  })

  test('tells all that does not go beside it', async () => {
    const error = await failure('run: x\ndirect: true\nport: 1\nprotocol: h2c\n')
    expect(error.message).toContain('port should')
    expect(error.output).toContain('protocol should')
  })

  test('has its address for itself, whatever the routes are', async () => {
    const own = (first: string, second: string): string =>
      `services:\n  a: { run: x, listen: 80${first} }\n  b: { run: x, listen: 80${second} }\n`
    for (const text of [own(', direct: true', ', route: /b'), own(', route: /a', ', direct: true')]) {
      const error = await failure(text)
      expect(error.message).toContain('services.b.listen should be an address of its own, since one of "direct: true"')
      expect(error.position).toMatchObject({ line: 3 })
    }
    const shared = 'services: { a: { run: x }, b: { run: x, direct: true }, c: { run: x, route: /c } }'
    expect(await ports(shared)).toEqual([8080, 8081, 8080])
    const first = 'services: { a: { run: x, direct: true }, b: { run: x, route: /b }, c: { run: x, route: /c } }'
    expect(await ports(first)).toEqual([8080, 8081, 8081])
    expect(await ports(own(', direct: true', ', direct: true').replaceAll('80', '0'))).toEqual([0, 0])
  })

  test('cannot have the address of a project that encrypts it', async () => {
    const project = 'listen: { address: 80, tls: dev }\nservices:\n  a: { run: x, direct: true'
    const error = await failure(`${project} }\n`)
    expect(error.message).toContain('services.a.direct should be false at an address with tls')
    expect(error.position).toMatchObject({ line: 3, column: 24 })
    expect(await ports(`${project}, listen: 81 }\n`)).toEqual([81])
  })
})
