import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { load, noteTexts, only, trees } from '../../test/project/tree.ts'

const tree = trees()
const base = { 'go.mod': 'module example.com/shop\n', 'main.go': 'package main\n' }

describe('air.conf.json', () => {
  const json = async (text: string) => {
    const root = tree({ ...base, 'air.conf.json': text })
    const loaded = await load(root)
    return { root, service: only(loaded), project: loaded.project, notes: noteTexts(loaded) }
  }

  test('has four keys, after comment lines', async () => {
    const { root, service, project, notes } = await json(
      '# air.conf.json\n// for the team\n\n{\n\t"cmd": "make",\n\t"bin": "./bin/app serve",\n\t"delay": 0,\n\t"logs": true,\n\t"dealy": 1\n}\n',
    )
    expect(service).toMatchObject({
      build: { kind: 'command', command: { line: 'make' }, output: path.join(root, 'bin/app'), verbose: true },
      run: { kind: 'artifact' },
      args: ['serve'],
    })
    expect(project).toMatchObject({ source: { kind: 'air-json', file: 'air.conf.json' }, watch: { settleMs: 0 } })
    expect(notes).toContain('9:2 "dealy" is not known in air.conf.json; the nearest known is "delay"')
    expect(notes).toContain('6:9 air 1.62')
  })

  test('takes the defaults, and delay as it stands', async () => {
    const { service, project, notes } = await json('{ "delay": 1000, "logs": false }')
    expect(service).toMatchObject({ build: { kind: 'go', package: '.' }, run: { kind: 'artifact' } })
    expect(project.watch.settleMs).toBe(50)
    expect(notes).toContain('1:12 hotlane does not need this wait')
    expect((await json('{ "cmd": "make", "logs": false }')).service.build).toMatchObject({ verbose: false })
  })

  test.each([
    ['{ "delay": "1s" }', 'HL1004', 'delay should be a number of milliseconds'],
    ['{\n"cmd": 3 }', 'HL1004', 'cmd should be a text, but is 3'],
    ['[]', 'HL1004', 'a JSON object'],
    ['{ "cmd": "a"', 'HL1002', 'air.conf.json'],
  ])('%j is a mistake', async (text, code, message) => {
    const error: unknown = await json(text).catch((error: unknown) => error)
    expect(error).toMatchObject({
      code,
      message: expect.stringContaining(message),
      position: { file: 'air.conf.json' },
    })
  })
})
